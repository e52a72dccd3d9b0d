"""`phi-ls doctor`: what this machine can run a model on, and what to do about the rest."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from dataclasses import dataclass
from typing import Any

from phi_ls import __version__
from phi_ls.configuration import Configuration
from phi_ls.plan import plan
from phi_ls.settings import user_file
from phi_ls.terminal import output
from phi_ls.terminal.doctor_folders import FolderReport, look_at_folders
from phi_providers.devices import EngineReport, probe
from phi_providers.messages import Load
from phi_providers.models.manifest import ModelError

WORKS, NOTHING_WORKS = 0, 3
"""Exit codes."""

PACKAGES = ("pygls", "lsprotocol", "openvino-genai", "openvino", "tokenizers", "tree-sitter")

TELEMETRY = (
    "off. phi-ls has none; OpenVINO's is blocked before OpenVINO is imported. A worker on the CPU gives up the "
    "network where the system lets it."
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


def run(*, as_json: bool) -> int:
    """Examine this machine and print the result; returns the exit code."""
    found = examine()
    if as_json:
        output.write(json.dumps(as_object(found)) + "\n")
    else:
        from phi_ls.terminal.doctor_screen import show

        show(found)
    return WORKS if found.works else NOTHING_WORKS


def examine() -> Examination:
    """Look at engines, folders and settings; no engine is imported in this process, and nothing is written."""
    layer, complaints = user_file()
    configuration = Configuration([layer] if layer else [], complaints)
    engines = probe()
    try:
        loads, problems = plan(configuration.settings)
        answerer = _answerer(loads, engines)
    except ModelError as exc:
        answerer, problems = Answerer(model="", engine="", device="", note=str(exc)), []
    return Examination(
        engines=engines,
        folders=look_at_folders(),
        # One model serves both until a second one can be installed beside it.
        typing=answerer,
        asking=answerer,
        complaints=configuration.news(problems),
        versions=_versions(),
    )


def as_object(found: Examination) -> dict[str, Any]:
    """Return what `--json` prints; the names are part of the contract with scripts."""
    return {"engines": [_engine(engine) for engine in found.engines]}


def _engine(engine: EngineReport) -> dict[str, Any]:
    devices = [
        {"name": device.name, "usable": device.usable, "reason": device.reason, "remedy": device.remedy}
        for device in engine.devices
    ]
    return {"name": engine.engine, "devices": devices, "version": engine.version}


def _answerer(loads: list[Load], engines: list[EngineReport]) -> Answerer:
    """Return the first of the plan whose device was found usable; the echo engine needs none."""
    usable = {(engine.engine, device.name) for engine in engines for device in engine.devices if device.usable}
    for load in loads:
        if load.engine == "echo" or any(load.engine == engine and _is(load.device, name) for engine, name in usable):
            return Answerer(model=load.model.id, engine=load.engine, device=load.device, note=load.model.note)
    return Answerer(model="", engine="", device="", note="no device works: nothing answers")


def _is(wanted: str, found: str) -> bool:
    # `GPU` is the first of several, which OpenVINO calls GPU.0 then.
    return wanted.upper() == found.upper() or f"{wanted.upper()}.0" == found.upper()


def _versions() -> dict[str, str]:
    ours = {"phi-ls": __version__, "Python": platform.python_version(), "interpreter": sys.executable}
    return {**ours, "system": platform.platform(), **{package: _version(package) for package in PACKAGES}}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
