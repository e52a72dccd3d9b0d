"""Whether the device at work is the one that was asked for, by whichever of its names."""

from __future__ import annotations

import re

ALIASES = {"DIRECTML": "DML", "TENSORRT": "TRT", "NVTENSORRTRTX": "TRT"}


def same_device(requested: str, actual: str) -> bool:
    """Return whether both names mean one device: case does not count, and one without a number is the first.

    OpenVINO writes `GPU.0`, torch `cuda:0`, ONNX Runtime `DML`.
    """
    return _plain(requested) == _plain(actual)


def _plain(name: str) -> tuple[str, int]:
    kind, number = re.fullmatch(r"(.*?)(?:[.:](\d+))?", name.strip().upper(), re.DOTALL).groups()  # type: ignore[union-attr]
    return ALIASES.get(kind, kind), int(number or 0)
