"""Names of devices as engines and users write them: OpenVINO has `GPU.0`, torch `cuda:0`, ONNX Runtime `DML`."""

from __future__ import annotations

import re

ALIASES = {"DIRECTML": "DML", "TENSORRT": "NVTENSORRTRTX", "TRT": "NVTENSORRTRTX"}
"""Another name of a kind of device → the one that its engine has for it."""


def same_device(requested: str, actual: str) -> bool:
    """Return whether both names mean one device: case does not count, and one without a number is the first."""
    return _plain(requested) == _plain(actual)


def device_kind(name: str) -> str:
    """Return the kind of a device in capitals: several GPUs are GPU.0 and GPU.1, or CUDA and CUDA:1."""
    kind = re.split(r"[.:]", name.strip().upper(), maxsplit=1)[0]
    return ALIASES.get(kind, kind)


def _plain(name: str) -> tuple[str, int]:
    kind, number = re.fullmatch(r"(.*?)(?:[.:](\d+))?", name.strip().upper(), re.DOTALL).groups()  # type: ignore[union-attr]
    return ALIASES.get(kind, kind), int(number or 0)
