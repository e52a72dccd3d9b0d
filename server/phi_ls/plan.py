"""From settings to the workers worth trying, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from phi_ls import folders
from phi_ls.measured import kept
from phi_ls.mechanisms import Mechanism, on
from phi_ls.messages.text import cause_of, say
from phi_ls.settings import Settings
from phi_ls.speeds import Speed, fastest_first
from phi_providers.environments.kept import interpreter
from phi_providers.environments.recipes import EnvironmentFailed, recipe
from phi_providers.hub.place import find_installed
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.builtin_forms import FORMS_DIR
from phi_providers.models.elsewhere import elsewhere
from phi_providers.models.forms import FoundModel, builtin, find
from phi_providers.models.manifest import ModelError
from phi_providers.models.npu_fit import npu_misfit

ENGINES = ("openvino", "onnxruntime", "transformers", "npu_library", "openai_server", "echo")
"""What the setting `engine` may name besides `auto`."""

OWN_ENVIRONMENT = ("transformers", "npu_library")
"""Engines whose packages clash with ours; `phi-ls doctor --fix ENGINE` makes their environments."""

ECHO_MODEL = ModelInfo(
    id="echo", family="fim", path="", context=2048, chat=False, note=say("scripted answers, no model")
)


def plan(settings: Settings, speeds: Iterable[Speed] | None = None) -> tuple[list[Load], list[str]]:
    """Return the workers to try, the last able to run on any machine, and what is wrong with the settings.

    `speeds`: what is known of the devices; by default what this user's servers have measured.
    """
    if settings.engine == "echo":
        device = "none" if settings.device == "auto" else settings.device
        return [Load(engine="echo", device=device, model=ECHO_MODEL)], []
    stand_in = builtin()
    if settings.engine == "openai_server":
        loads, complaints = _elsewhere(settings)
    else:
        loads, complaints = _here(settings, stand_in)
        # Several orders are several devices: where the user has named one, there is nothing to put in order.
        loads = fastest_first(loads, kept() if speeds is None else speeds) if len(loads) > 1 else loads
    last_resort = _openvino("CPU", stand_in.info)
    loads = loads if last_resort in loads else [*loads, last_resort]
    return (loads if on(Mechanism.PREFIX_CACHE) else [_forgetful(load) for load in loads]), complaints


def _forgetful(load: Load) -> Load:
    return replace(load, options={**load.options, "prefix_caching": False})


def _elsewhere(settings: Settings) -> tuple[list[Load], list[str]]:
    """Return the worker that asks the user's own server: only where the user has named both engine and address."""
    if settings.openai_server_url is None:
        return [], [say("engine: openai_server needs the setting openaiServer.url; the built-in model answers instead")]
    name = "" if settings.model == "auto" else settings.model
    try:
        model = elsewhere(settings.openai_server_url, name)
    except ValueError as exc:
        return [], [say("openaiServer.url: {cause}; the built-in model answers instead", cause=cause_of(exc))]
    options = {"url": settings.openai_server_url, "model": name, "api": "auto"}
    return [Load(engine="openai_server", device="elsewhere", model=model, options=options)], []


def _here(settings: Settings, stand_in: FoundModel) -> tuple[list[Load], list[str]]:
    model, complaints = _model(settings, stand_in)
    engine, complaint = _engine(settings, model)
    complaints += [complaint] if complaint else []
    options = _converted(model, stand_in)
    if engine in OWN_ENVIRONMENT:
        try:
            python = interpreter(folders.environments_dir(), recipe(engine))
        except EnvironmentFailed as exc:
            return [], [*complaints, say("engine: {cause}; the built-in model answers", cause=cause_of(exc))]
        if not python:
            lacks = say(
                "engine: {engine} has no environment yet; run `phi-ls doctor --fix {engine}`; "
                "the built-in model answers",
                engine=engine,
            )
            return [], [*complaints, lacks]
        order = Load(engine=engine, device=settings.device, model=model.info, python=python, options=options)
        return [order], complaints
    if engine == "onnxruntime":
        return [Load(engine=engine, device=settings.device, model=model.info, options=options)], complaints
    if settings.device != "auto":
        return [_openvino(settings.device, model.info)], complaints
    # A small model is done on the CPU before a GPU has been given its first kernel: 1.5 ms a token on two cores.
    devices = ["CPU"] if model == stand_in else _devices(model.info)
    return [_openvino(device, model.info) for device in devices], complaints


def _converted(model: FoundModel, stand_in: FoundModel) -> dict[str, str]:
    """Return the options that have the worker convert the model: the built-in one is shipped for OpenVINO alone."""
    return {FORMS_DIR: str(folders.cache_dir() / "built-in-model")} if model == stand_in else {}


def _model(settings: Settings, stand_in: FoundModel) -> tuple[FoundModel, list[str]]:
    if settings.model_path is not None:
        try:
            return find(Path(settings.model_path)), []
        except ModelError as exc:
            return stand_in, [say("modelPath: {cause}; the built-in model answers instead", cause=cause_of(exc))]
    if settings.model in ("auto", stand_in.info.id):
        return stand_in, []
    try:
        installed = find_installed(folders.models_dir(), settings.model)
        if installed is not None:
            return find(installed.path), []
    except (ModelError, OSError) as exc:
        return stand_in, [say("model: {cause}; the built-in model answers instead", cause=cause_of(exc))]
    missing = say(
        "model: '{model}' is not installed (`phi-ls models pull {model}` fetches it if it is listed; "
        "for a folder of your own set modelPath); the built-in model answers",
        model=settings.model,
    )
    return stand_in, [missing]


def _engine(settings: Settings, model: FoundModel) -> tuple[str, str]:
    """Return the engine to use, and what is wrong with the one that was asked for."""
    best = model.engines[0]
    if settings.engine in ("auto", *model.engines):
        return (best if settings.engine == "auto" else settings.engine), ""
    if settings.engine not in ENGINES:
        fields = {"engine": settings.engine, "known": ", ".join(ENGINES), "best": best}
        return best, say("engine: there is no engine '{engine}' (known are {known}); {best} answers", **fields)
    fields = {"engine": settings.engine, "model": model.info.id, "best": best}
    return best, say("engine: {engine} cannot run '{model}' in the form that it has here; {best} answers", **fields)


def _devices(model: ModelInfo) -> list[str]:
    """Return OpenVINO's devices for a large model, as they are tried before anything has been measured."""
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
