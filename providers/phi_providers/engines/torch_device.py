"""Which of torch's devices runs the model, and why one cannot."""

from __future__ import annotations

import re
from typing import Any

from phi_providers.engines.torch_import import torch

KINDS = ("cuda", "xpu")
"""Accelerators in order of preference; the CPU comes last."""

_NAMES = re.compile(r"(cuda|xpu)(?::(\d{1,3}))?|cpu", re.ASCII)
_BUILT_FOR = {"cuda": "NVIDIA GPUs", "xpu": "Intel GPUs"}


def choose_device(wanted: str) -> tuple[str, str]:
    """Return torch's name of the device, and why it is not the one asked for; raises ValueError with a sentence.

    `auto` takes the first accelerator there is; a kind without a number means the first of its kind.
    """
    name = wanted.lower()
    if name in ("", "auto"):
        found = next((kind for kind in KINDS if not absence(kind)[0]), "")
        return (f"{found}:0", "") if found else ("cpu", f"no GPU: {absence('cuda')[0]}; {absence('xpu')[0]}")
    match = _NAMES.fullmatch(name)
    if match is None:
        raise ValueError(f"{wanted} cannot be used: torch knows no such device here; use auto, cuda, xpu or cpu")
    if match[1] is None:
        return "cpu", ""
    index = int(match[2] or 0)
    why, remedy = absence(match[1], index)
    if why:
        raise ValueError(f"{wanted} cannot be used: {why}; {remedy}")
    return f"{match[1]}:{index}", ""


def absence(kind: str, index: int = 0) -> tuple[str, str]:
    """Return why the device of this kind and number is not there, and what to do; two empty texts when it is."""
    module = torch()
    if not _built_for(module, kind):
        return (
            f"this torch ({module.__version__}) was built without support for {_BUILT_FOR[kind]}",
            f"install the environment of this engine anew on a machine with one of the {_BUILT_FOR[kind]}",
        )
    count = getattr(module, kind).device_count()
    if count == 0:
        return f"torch found none of the {_BUILT_FOR[kind]}", "install or update the graphics driver"
    if index >= count:
        return f"there {'is' if count == 1 else 'are'} only {count}", f"use {kind}:{count - 1} or a smaller number"
    return "", ""


def precision(device: str, *, strict: bool) -> Any:
    """Return the dtype to compute in: FP32 on a CPU and where it is asked for, else BF16, or FP16 on older GPUs."""
    module = torch()
    if strict or device == "cpu":
        return module.float32
    if device.startswith("cuda") and not module.cuda.is_bf16_supported(including_emulation=False):
        return module.float16
    return module.bfloat16


def free_memory(device: str) -> None:
    """Give memory that torch keeps for later back to the device."""
    if device != "cpu":
        getattr(torch(), device.partition(":")[0]).empty_cache()


def _built_for(module: Any, kind: str) -> bool:
    if kind == "cuda":
        return module.version.cuda is not None or module.version.hip is not None
    return bool(module.xpu._is_compiled())  # noqa: SLF001  # torch has no public name for it
