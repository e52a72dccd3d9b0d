"""From settings to the workers worth trying, in order."""

from __future__ import annotations

from pathlib import Path

from phi_ls import folders
from phi_ls.settings import Settings
from phi_providers.environments.kept import interpreter
from phi_providers.environments.recipes import recipe
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.elsewhere import elsewhere
from phi_providers.models.forms import FoundModel, builtin, find
from phi_providers.models.manifest import ModelError
from phi_providers.models.npu_fit import npu_misfit

ENGINES = ("openvino", "onnxruntime", "transformers", "npu_library", "openai_server", "echo")
"""What the setting `engine` may name besides `auto`."""

OWN_ENVIRONMENT = ("transformers", "npu_library")
"""Engines whose packages clash with ours; `phi-ls doctor --fix ENGINE` makes their environments."""

ECHO_MODEL = ModelInfo(id="echo", family="fim", path="", context=2048, chat=False, note="scripted answers, no model")


def plan(settings: Settings) -> tuple[list[Load], list[str]]:
    """Return the workers to try, the last able to run on any machine, and what is wrong with the settings."""
    if settings.engine == "echo":
        return [Load(engine="echo", device="none", model=ECHO_MODEL)], []
    loads, complaints = _elsewhere(settings) if settings.engine == "openai_server" else _here(settings)
    last_resort = _openvino("CPU", builtin().info)
    return (loads if last_resort in loads else [*loads, last_resort]), complaints


def _elsewhere(settings: Settings) -> tuple[list[Load], list[str]]:
    """Return the worker that asks the user's own server: only where the user has named both engine and address."""
    if settings.openai_server_url is None:
        return [], ["engine: openai_server needs the setting openaiServer.url; the built-in model answers instead"]
    name = "" if settings.model == "auto" else settings.model
    try:
        model = elsewhere(settings.openai_server_url, name)
    except ValueError as exc:
        return [], [f"openaiServer.url: {exc}; the built-in model answers instead"]
    options = {"url": settings.openai_server_url, "model": name, "api": "auto"}
    return [Load(engine="openai_server", device="elsewhere", model=model, options=options)], []


def _here(settings: Settings) -> tuple[list[Load], list[str]]:
    model, complaints = _model(settings)
    engine, complaint = _engine(settings, model)
    complaints += [complaint] if complaint else []
    if engine in OWN_ENVIRONMENT:
        python = interpreter(folders.environments_dir(), recipe(engine))
        if not python:
            remedy = f"run `phi-ls doctor --fix {engine}`"
            return [], [*complaints, f"engine: {engine} has no environment yet; {remedy}; the built-in model answers"]
        return [Load(engine=engine, device=settings.device, model=model.info, python=python)], complaints
    if engine == "onnxruntime":
        return [Load(engine=engine, device=settings.device, model=model.info)], complaints
    return [_openvino(device, model.info) for device in _devices(settings, model.info)], complaints


def _model(settings: Settings) -> tuple[FoundModel, list[str]]:
    stand_in = builtin()
    if settings.model_path is not None:
        try:
            return find(Path(settings.model_path)), []
        except ModelError as exc:
            return stand_in, [f"modelPath: {exc}; the built-in model answers instead"]
    if settings.model not in ("auto", stand_in.info.id):
        known = f"known is '{stand_in.info.id}'; for a model of your own set modelPath"
        return stand_in, [f"model: there is no model '{settings.model}' here ({known}); the built-in model answers"]
    return stand_in, []


def _engine(settings: Settings, model: FoundModel) -> tuple[str, str]:
    """Return the engine to use, and what is wrong with the one that was asked for."""
    best = model.engines[0]
    if settings.engine in ("auto", *model.engines):
        return (best if settings.engine == "auto" else settings.engine), ""
    if settings.engine not in ENGINES:
        return best, f"engine: there is no engine '{settings.engine}' (known are {', '.join(ENGINES)}); {best} answers"
    return best, f"engine: {settings.engine} cannot run '{model.info.id}' in the form that it has here; {best} answers"


def _devices(settings: Settings, model: ModelInfo) -> list[str]:
    if settings.device != "auto":
        return [settings.device]
    # A small model is done on the CPU before a GPU has been given its first kernel: 1.5 ms a token on two cores.
    if model == builtin().info:
        return ["CPU"]
    return ["GPU", *(["NPU"] if _fits_npu(model) else []), "CPU"]


def _fits_npu(model: ModelInfo) -> bool:
    try:
        return not npu_misfit(Path(model.path))
    except OSError:
        return False


def _openvino(device: str, model: ModelInfo) -> Load:
    return Load(
        engine="openvino", device=device, model=model, options={"cache_dir": str(folders.cache_dir() / "openvino")}
    )
