"""Whose memory a model would be in: the machine's, or that of a GPU which has its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phi_providers.memory.free import free_memory, free_nvidia_memory
from phi_providers.messages import Load

PCI = Path("/sys/bus/pci/devices")
INTEL_DISPLAY = ("0x8086", "0x03")
BUILT_IN = "0000:00:"
"""Beginning of the addresses of what is built into the processor; a card in a slot is behind a bridge, on another bus.
"""


@dataclass(frozen=True, kw_only=True)
class Free:
    """Free memory somewhere."""

    bytes: int
    where: str = ""
    """As the end of a sentence; empty for the machine's own memory."""


def free_for(order: Load) -> Free | None:
    """Return what is free where this order's model would be; None where nobody can tell. May take two seconds."""
    device = order.device.lower()
    if device.startswith("cuda"):
        return _nvidia()
    if device in ("", "auto") and order.engine in ("onnxruntime", "transformers"):
        # Where it does not fit the GPU, the engine goes on to the CPU.
        own = Free(bytes=free_memory())
        gpu = _nvidia()
        return gpu if gpu and gpu.bytes > own.bytes else own
    if device.startswith("dml") or (device.startswith(("gpu", "xpu")) and has_intel_card()):
        return None  # most of these have memory of their own, which only the engine can ask for
    return Free(bytes=free_memory())  # CPU, NPU, and GPUs that share the machine's memory


def has_intel_card(bus: Path = PCI) -> bool:
    """Whether there is an Intel GPU that is not built into the processor; False where the system does not tell."""
    try:
        return any(_is_card(device) for device in bus.iterdir())
    except OSError:
        return False


def _is_card(device: Path) -> bool:
    vendor, kind = INTEL_DISPLAY
    try:
        found = (device / "vendor").read_text("ascii").strip(), (device / "class").read_text("ascii")
    except (OSError, ValueError):
        return False
    return found[0] == vendor and found[1].startswith(kind) and not device.name.startswith(BUILT_IN)


def _nvidia() -> Free | None:
    free = free_nvidia_memory()
    return None if free is None else Free(bytes=free, where=" on the GPU")
