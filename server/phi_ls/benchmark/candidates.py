"""Which engines, devices and precisions are worth measuring here, and why others are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Union

from phi_ls import folders
from phi_ls.benchmark.figures import LeftOut, Row
from phi_ls.plan import OWN_ENVIRONMENT, plan
from phi_ls.settings import Settings
from phi_providers.devices import Device, EngineReport, Inquiry
from phi_providers.environments.kept import interpreter
from phi_providers.environments.recipes import EnvironmentFailed, recipe
from phi_providers.messages import Load
from phi_providers.models.builtin_forms import FORMS_DIR
from phi_providers.models.forms import ONNX, OPENVINO, READS, SAFETENSORS, FoundModel, builtin
from phi_providers.models.npu_fit import npu_misfit

ON_THIS_MACHINE = (*OPENVINO, *ONNX, *SAFETENSORS)
"""Engines that are measured unless others are named."""

NPU_LIBRARY_PRECISIONS = ("fp16", "int8", "int4")
"""It quantises while it loads."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A worker to measure."""

    load: Load

    def row(self, wanted_tokens: int) -> Row:
        """Return an empty row, for prompts of this length."""
        load = self.load
        return Row(
            model=load.model.id,
            engine=load.engine,
            precision=_precision(load),
            requested_device=load.device,
            wanted_tokens=wanted_tokens,
        )


Found = Union[Candidate, LeftOut]


def inquiries(engines: Sequence[str]) -> list[Inquiry]:
    """Return what to ask the engines about their devices: those of this machine that can be started."""
    known = [engine for engine in engines or ON_THIS_MACHINE if engine in ON_THIS_MACHINE]
    found = {engine: _environment(engine) for engine in known}
    return [Inquiry(engine=engine, python=python) for engine, (python, missing) in found.items() if not missing]


def candidates(
    models: Sequence[FoundModel],
    engines: Sequence[str],
    devices: Sequence[str],
    reports: Sequence[EngineReport],
    settings: Settings,
) -> tuple[list[Candidate], list[LeftOut]]:
    """Return what to measure and what not, for the engines and devices that were named, or else for all of them.

    `reports` say which devices engines have found; `settings` are the user's own, for the address of a server.
    """
    found: list[Found] = []
    for engine in dict.fromkeys(engines or ON_THIS_MACHINE):
        if engine in ON_THIS_MACHINE:
            found += _of_engine(engine, models, devices or _usable(engine, reports))
            found += [] if devices else _unusable(engine, reports)
        else:
            found.append(_by_name(engine, settings))
    chosen = [each for each in found if isinstance(each, Candidate)]
    # All forms of one model stand together, models in the order in which they were named.
    names = [model.info.id for model in models]
    chosen.sort(key=lambda each: names.index(each.load.model.id) if each.load.model.id in names else len(names))
    return chosen, list(dict.fromkeys(each for each in found if isinstance(each, LeftOut)))


def _of_engine(engine: str, models: Sequence[FoundModel], devices: Sequence[str]) -> Iterator[Found]:
    _, missing = _environment(engine)
    suited = [model for model in models if engine in model.engines]
    if missing:
        yield LeftOut(what=engine, reason=missing)
    elif not suited:
        yield LeftOut(what=engine, reason=f"no model in its form; name a folder with {READS[engine]} by --model")
    else:
        for model in suited:
            for device in devices:
                yield from _on_device(engine, model, device)


def _by_name(engine: str, settings: Settings) -> Found:
    """Return the scripted engine or the user's own server, which nobody measures without having named it."""
    loads, complaints = plan(replace(settings, engine=engine))
    if complaints:
        return LeftOut(what=engine, reason=complaints[0].partition(";")[0])
    return Candidate(load=loads[0])


def _environment(engine: str) -> tuple[str, str]:
    """Return the interpreter of an engine, empty for ours; and why there is none that it needs, and what to do."""
    if engine not in OWN_ENVIRONMENT:
        return "", ""
    try:
        python = interpreter(folders.environments_dir(), recipe(engine))
    except EnvironmentFailed as exc:
        return "", str(exc)
    return python, "" if python else f"it has no environment; `phi-ls doctor --fix {engine}` makes one"


def _usable(engine: str, reports: Sequence[EngineReport]) -> list[str]:
    return [device.name for device in _devices(engine, reports) if device.usable]


def _unusable(engine: str, reports: Sequence[EngineReport]) -> Iterator[LeftOut]:
    """Yield the devices that an engine has found wanting, those with the same reason together."""
    names: dict[str, list[str]] = {}
    for device in _devices(engine, reports):
        if not device.usable:
            why = "; ".join(word for word in (device.reason, device.remedy) if word)
            names.setdefault(why, []).append(device.name)
    for why, found in names.items():
        yield LeftOut(what=f"{engine} on {', '.join(found)}", reason=why)


def _devices(engine: str, reports: Sequence[EngineReport]) -> list[Device]:
    return [device for report in reports if report.engine == engine for device in report.devices]


def _on_device(engine: str, model: FoundModel, device: str) -> Iterator[Found]:
    if engine in OPENVINO and device.upper().startswith("NPU") and (misfit := _misfit(model)):
        yield LeftOut(what=f"{engine} on {device}, model {model.info.id}", reason=misfit)
        return
    # As the language server would start it, but for the end: a worker that is measured writes on after an answer's.
    loads, complaints = plan(Settings(engine=engine, device=device, model_path=_path(model)))
    if complaints:
        yield LeftOut(what=f"{engine} on {device}, model {model.info.id}", reason=complaints[0])
        return
    load = replace(loads[0], model=replace(loads[0].model, stop_ids=()))
    for precision in NPU_LIBRARY_PRECISIONS if engine == "npu_library" else ("",):
        options = {**load.options, "precision": precision} if precision else load.options
        yield Candidate(load=replace(load, options=options))


def _path(model: FoundModel) -> str | None:
    return None if model == builtin() else model.info.path


def _misfit(model: FoundModel) -> str:
    try:
        return npu_misfit(Path(model.info.path))
    except OSError:
        return "its openvino_model.xml cannot be read"


def _precision(load: Load) -> str:
    """Return the precision in which the engine is given the weights; it may compute in another one."""
    if FORMS_DIR in load.options and load.engine in SAFETENSORS and "precision" not in load.options:
        return "fp32"  # what the built-in model is converted to for torch
    return str(load.options.get("precision") or load.model.precision)
