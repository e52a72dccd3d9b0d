"""Which engines and devices the user's model suits, by the form that it has and the format of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from phi_providers.devices import EngineReport
from phi_providers.messages import Load
from phi_providers.models.forms import READS, FoundModel, builtin, find
from phi_providers.models.manifest import ModelError
from phi_providers.models.npu_fit import npu_misfit

SMALL = "it is small and runs on the CPU; an NPU is for a model of your own"


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What a model suits."""

    model: str = ""
    """Its id; empty where the model is not on this machine."""
    engines: dict[str, str] = field(default_factory=dict)
    """Engine → why the model does not suit it."""
    devices: dict[tuple[str, str], str] = field(default_factory=dict)
    """Engine and device → why the model does not suit them, and what to do."""


def look_at_model(loads: Sequence[Load], engines: Sequence[EngineReport]) -> Fit:
    """Return what the model of the first of the plan suits."""
    path = loads[0].model.path if loads else ""
    if not path:
        return Fit()
    try:
        # The built-in model's folder has one form; the others are made of it where they are needed.
        found = stand_in if (stand_in := builtin()).info.path == path else find(Path(path))
    except ModelError:  # has gone since the plan was made
        return Fit()
    return Fit(
        model=found.info.id,
        engines={engine: f"it has no {file}" for engine, file in READS.items() if engine not in found.engines},
        devices=_devices(found, engines),
    )


def _devices(found: FoundModel, engines: Sequence[EngineReport]) -> dict[tuple[str, str], str]:
    if "openvino" not in found.engines:
        return {}
    npus = [
        (engine.engine, device.name)
        for engine in engines
        if engine.engine == "openvino"
        for device in engine.devices
        if device.usable and device.name.startswith("NPU")
    ]
    misfit = _npu_misfit(found) if npus else ""
    return dict.fromkeys(npus, misfit) if misfit else {}


def _npu_misfit(found: FoundModel) -> str:
    try:
        misfit = npu_misfit(Path(found.info.path))
    except OSError:
        return ""
    # Nobody should convert the built-in model for an NPU.
    return SMALL if misfit and found == builtin() else misfit
