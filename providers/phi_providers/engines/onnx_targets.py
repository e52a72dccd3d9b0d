"""What a model can run on with ONNX Runtime, by the distribution of the GenAI library that is installed.

The library says that it has CUDA, DirectML and others when it has not; only its distribution tells, and in the end only
loading the model does.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
from collections.abc import Callable
from dataclasses import dataclass

from phi_providers.device_names import ALIASES
from phi_providers.errors import LoadFailed


@dataclass(frozen=True)
class Target:
    """One device and how to name it to the library."""

    kind: str
    """`CPU`, `CUDA`, `DML` or the short name of a plug-in."""
    number: int = 0

    @property
    def name(self) -> str:
        """The device as the user reads it: `CPU`, `CUDA:1`."""
        return f"{self.kind}:{self.number}" if self.number else self.kind

    @property
    def provider(self) -> str:
        """The execution provider's name in the library; empty for the CPU, which is always there."""
        return PROVIDERS[self.kind]

    @property
    def options(self) -> dict[str, str]:
        """What the execution provider must be told."""
        if not self.number:
            return {}
        return {"device_index" if self.kind == "DML" else "device_id": str(self.number)}

    @property
    def can_rewind(self) -> bool:
        """Whether a prompt can be continued; DirectML refuses tokens after the first prompt."""
        return self.kind != "DML"


PROVIDERS = {"CPU": "", "CUDA": "cuda", "DML": "dml", "NVTENSORRTRTX": "NvTensorRtRtx", "QNN": "QNN"} | {
    "OPENVINO": "OpenVINO",
    "WEBGPU": "WebGPU",
    "VITISAI": "VitisAI",
}
"""Kind of device → the library's name for its execution provider."""

DISTRIBUTIONS = {
    "onnxruntime-genai-cuda": ("CUDA",),
    "onnxruntime-genai-directml": ("DML",),
    "onnxruntime-genai-winml": (),
    "onnxruntime-genai": (),
}
"""Distribution → the kinds of device that are compiled in, besides the CPU. They share one import name, so one of them
at most is in an environment. Every one takes plug-ins."""

REMEDY = {
    "CUDA": "install onnxruntime-genai-cuda into the engine's environment (NVIDIA GPU, Linux or Windows)",
    "DML": "install onnxruntime-genai-directml into the engine's environment (Windows)",
}
PLUG_IN_REMEDY = "install the plug-in's package, or on Windows 11 the package windowsml"


def installed(version: Callable[[str], str] = importlib.metadata.version) -> tuple[str, str]:
    """Return name and version of the distribution in this environment; raises LoadFailed."""
    for name in DISTRIBUTIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return name, version(name)
    raise LoadFailed("ONNX Runtime GenAI is not installed; install the package onnxruntime-genai")


def choose(wanted: str, distribution: str, plug_ins: tuple[str, ...] = ()) -> list[Target]:
    """Return what to try, in order: one target for a device by name, several for `auto`; raises LoadFailed.

    `plug_ins`: kinds of device for which an execution provider is installed beside the library.
    """
    compiled = DISTRIBUTIONS[distribution]
    if wanted.lower() in ("", "auto"):
        return [Target(kind) for kind in (*compiled, *plug_ins, "CPU")]
    match = re.fullmatch(r"([A-Za-z]+)(?:[:.](\d{1,2}))?", wanted)
    kind = match[1].upper() if match else ""
    kind = compiled[0] if kind == "GPU" and compiled else ALIASES.get(kind, kind)
    number = int(match[2] or 0) if match else 0
    if kind not in PROVIDERS or (kind == "CPU" and number):
        known = ", ".join(PROVIDERS)
        raise LoadFailed(f"{wanted} cannot be used: ONNX Runtime knows no such device; use one of {known}, or auto")
    if kind not in ("CPU", *compiled, *plug_ins):
        remedy = REMEDY.get(kind, PLUG_IN_REMEDY)
        raise LoadFailed(f"{wanted} cannot be used: {distribution} has no support for {kind}; {remedy}")
    return [Target(kind, number)]
