"""From settings to the workers worth trying, in order."""

from __future__ import annotations

from pathlib import Path

from phi_ls import folders
from phi_ls.settings import Settings
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.installed import builtin, from_folder
from phi_providers.models.manifest import ModelError

ENGINES = ("openvino", "echo")
"""What the setting `engine` may name besides `auto`."""

ECHO_MODEL = ModelInfo(id="echo", family="fim", path="", context=2048, chat=False, note="scripted answers, no model")


def plan(settings: Settings) -> tuple[list[Load], list[str]]:
    """Return the workers to try, the last able to run on any machine, and what is wrong with the settings."""
    if settings.engine == "echo":
        return [Load(engine="echo", device="none", model=ECHO_MODEL)], []
    model, complaints = _model(settings)
    if settings.engine not in ("auto", *ENGINES):
        complaints.append(
            f"engine: there is no engine '{settings.engine}' (known are {', '.join(ENGINES)}); openvino answers"
        )
    loads = [_load(device, model) for device in _devices(settings, model)]
    last_resort = _load("CPU", builtin())
    return (loads if last_resort in loads else [*loads, last_resort]), complaints


def _model(settings: Settings) -> tuple[ModelInfo, list[str]]:
    stand_in = builtin()
    if settings.model_path is not None:
        try:
            return from_folder(Path(settings.model_path)), []
        except ModelError as exc:
            return stand_in, [f"modelPath: {exc}; the built-in model answers instead"]
    if settings.model not in ("auto", stand_in.id):
        known = f"known is '{stand_in.id}'; for a model of your own set modelPath"
        return stand_in, [f"model: there is no model '{settings.model}' here ({known}); the built-in model answers"]
    return stand_in, []


def _devices(settings: Settings, model: ModelInfo) -> list[str]:
    if settings.device != "auto":
        return [settings.device]
    # A small model is done on the CPU before a GPU has been given its first kernel: 1.5 ms a token on two cores.
    return ["CPU"] if model == builtin() else ["GPU", "CPU"]


def _load(device: str, model: ModelInfo) -> Load:
    return Load(
        engine="openvino", device=device, model=model, options={"cache_dir": str(folders.cache_dir() / "openvino")}
    )
