"""The list of engines is whole: what is not run here is named, and nothing else is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conformance.subjects import CHOICE, NEEDS_HARDWARE, SUBJECTS

from phi_providers.engines.onnx_targets import PROVIDERS
from phi_providers.engines.openvino_sizes import BLOCK_TOKENS
from phi_providers.engines.torch_device import KINDS
from phi_providers.export.presets import PRESETS
from phi_providers.provider import ENGINES

DEVICES: dict[str, Callable[[], set[str]]] = {
    "openvino": lambda: {*BLOCK_TOKENS, "NPU"},
    "onnxruntime": lambda: set(PROVIDERS),
    "transformers": lambda: {*KINDS, "cpu"},
    "npu_library": lambda: {"NPU"},
    "openai_server": lambda: {"elsewhere"},
}
"""Engine → the kinds of device that its own code knows."""

NOT_A_MODEL = {"echo"}


def test_every_engine_is_here() -> None:
    """What the worker can load, the suite loads."""
    assert set(ENGINES) - NOT_A_MODEL == {subject.engine for subject in SUBJECTS} == set(DEVICES)


@pytest.mark.parametrize("engine", DEVICES)
def test_every_kind_of_device_is_run_or_needs_hardware(engine: str) -> None:
    """Device by device: run here, or on the list of what needs hardware."""
    run = {subject.device for subject in SUBJECTS if subject.engine == engine}
    assert DEVICES[engine]() == run | set(NEEDS_HARDWARE.get(engine, ()))


def test_an_emulated_device_still_needs_its_hardware() -> None:
    """A subject that is told to compute elsewhere than on its device does not stand for the device."""
    emulated = [subject for subject in SUBJECTS if subject.device == "NPU"]
    assert emulated
    assert all("NPU" in NEEDS_HARDWARE[subject.engine] for subject in emulated)


def test_what_every_preset_makes_is_here() -> None:
    """A model that can be exported is run by the engine that it is for, in a form of its own."""
    found = {(subject.preset, subject.form, subject.engine) for subject in SUBJECTS if subject.preset}
    assert {(preset.name, preset.name, preset.engine) for preset in PRESETS} == found


def test_names_are_different() -> None:
    """A subject can be chosen by its name."""
    names = [subject.name for subject in SUBJECTS]
    assert sorted(set(names)) == sorted(names)
    assert not any("," in name or name == "all" for name in names), CHOICE
