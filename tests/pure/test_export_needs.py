"""What a conversion says that it takes, against what conversions took."""

from __future__ import annotations

import pytest

from phi_providers.export.needs import needed
from phi_providers.export.presets import preset

ONE_LAYER, EIGHT_LAYERS = 620_514_360, 2_206_052_472
"""Bytes of the weights of models of Phi-3-mini's shape."""


@pytest.mark.parametrize(
    ("name", "size", "memory", "disk"),
    [
        ("openvino-int4", ONE_LAYER, 2_333_343_744, 918_133_792),
        ("openvino-int4", EIGHT_LAYERS, 3_907_649_536, 3_056_800_096),
        ("onnx-int4-cpu", ONE_LAYER, 3_237_462_016, 531_589_435),
        ("onnx-int4-cpu", EIGHT_LAYERS, 8_788_688_896, 1_027_265_128),
    ],
)
def test_no_less_is_asked_for_than_was_measured(name: str, size: int, memory: int, disk: int) -> None:
    """Memory and disk suffice for the measured peaks, and nobody is turned away for want of twice as much memory."""
    room = needed(preset(name), size)
    assert room.disk >= disk
    assert 2 * memory >= room.memory >= memory * 1.02
