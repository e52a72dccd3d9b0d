"""`phi-ls doctor`: what this machine can run a model on, and what to do about the rest."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from phi_ls import __version__
from phi_ls.arrangement import arrange
from phi_ls.configuration import Configuration
from phi_ls.measured import kept
from phi_ls.plan import plan
from phi_ls.settings import user_file
from phi_ls.terminal import output
from phi_ls.terminal.doctor_engines import look_at_engines
from phi_ls.terminal.doctor_fit import Fit, look_at_model
from phi_ls.terminal.doctor_folders import FolderReport, look_at_folders
from phi_providers.device_names import same_device
from phi_providers.devices import Device, EngineReport
from phi_providers.messages import Load
from phi_providers.models.manifest import ModelError

WORKS, NOTHING_WORKS = 0, 3
"""Exit codes."""

PACKAGES = ("pygls", "lsprotocol", "tokenizers", "tree-sitter")
"""What is in use besides the engines, whose versions are told with them."""

TELEMETRY = (
    "off. phi-ls has none; OpenVINO's is blocked before OpenVINO is imported. A worker that is asked for the "
    "CPU gives up the network where the system lets it."
)


@dataclass(frozen=True, kw_only=True)
class Answerer:
    """Who answers one kind of request, by the user's settings and what was found."""

    model: str
    engine: str
    device: str
    note: str
    """What must be known of the model, or why there is none."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """Everything that `doctor` says."""

    engines: list[EngineReport]
    fit: Fit
    folders: list[FolderReport]
    typing: Answerer
    asking: Answerer
    complaints: list[str]
    """What is wrong with the user's settings."""
    versions: dict[str, str]

    @property
    def works(self) -> bool:
        """Whether a model can run on any device."""
        return any(device.usable for engine in self.engines for device in engine.devices)

    @property
    def answers(self) -> bool:
        """Whether somebody answers while the user types."""
        return bool(self.typing.model)


def run(*, as_json: bool) -> int:
    """Examine this machine and print the result; returns the exit code."""
    if as_json:
        found = examine()
        output.write(json.dumps(as_object(found)) + "\n")
    else:
        from phi_ls.terminal.doctor_screen import show, waiting

        with waiting() as waiting_for:
            found = examine(waiting_for)
        show(found)
    return WORKS if found.answers else NOTHING_WORKS


def examine(waiting_for: Callable[[list[str]], None] = lambda _: None) -> Examination:
    """Look at engines, folders and settings; no engine is imported in this process, and nothing is written."""
    layer, complaints = user_file()
    configuration = Configuration([layer] if layer else [], complaints)
    engines = look_at_engines(configuration.settings, waiting_for)
    try:
        loads, problems = plan(configuration.settings)
        arranged = arrange(loads, kept(), configuration.settings.inline_completion.model)
        typing, asking = _answerer(arranged.typing, engines), _answerer(arranged.asking, engines)
    except ModelError as exc:
        typing = asking = Answerer(model="", engine="", device="", note=str(exc))
        loads, problems = [], []
    return Examination(
        engines=engines,
        fit=look_at_model(loads, engines),
        folders=look_at_folders(),
        typing=typing,
        asking=asking,
        complaints=configuration.news(problems),
        versions=_versions(),
    )


def as_object(found: Examination) -> dict[str, Any]:
    """Return what `--json` prints; the names are part of the contract with scripts."""
    return {"engines": [_engine(engine, found.fit) for engine in found.engines], "model": found.fit.model}


def _engine(engine: EngineReport, fit: Fit) -> dict[str, Any]:
    return {
        "name": engine.engine,
        "devices": [_device(device, fit) for device in engine.devices],
        "version": engine.version,
        "packages": engine.packages,
        "note": engine.note,
        "misfit": fit.engines.get(engine.engine, ""),
    }


def _device(device: Device, fit: Fit) -> dict[str, Any]:
    return {
        "name": device.name,
        "usable": device.usable,
        "reason": device.reason,
        "remedy": device.remedy,
        "driver": device.driver,
        "memory_bytes": device.memory_bytes,
        "misfit": fit.devices.get((device.engine, device.name), ""),
    }


def _answerer(loads: Sequence[Load], engines: list[EngineReport]) -> Answerer:
    """Return the first of the plan whose device was found usable; the echo engine needs none."""
    # Where an engine may choose, its CPU comes last.
    usable = sorted(
        (device for engine in engines for device in engine.devices if device.usable),
        key=lambda device: device.name.upper() == "CPU",
    )
    for load in loads:
        if load.engine == "echo":
            return _who(load, load.device)
        for device in usable:
            if device.engine == load.engine and _is(load.device, device.name):
                return _who(load, device.name if load.device == "auto" else load.device)
    return Answerer(model="", engine="", device="", note="no device works: nothing answers")


def _who(load: Load, device: str) -> Answerer:
    return Answerer(model=load.model.id, engine=load.engine, device=device, note=load.model.note)


def _is(wanted: str, found: str) -> bool:
    return wanted.upper() == "AUTO" or same_device(wanted, found)


def _versions() -> dict[str, str]:
    ours = {"phi-ls": __version__, "Python": platform.python_version(), "interpreter": sys.executable}
    return {**ours, "system": platform.platform(), **{package: _version(package) for package in PACKAGES}}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
