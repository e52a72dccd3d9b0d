"""What OpenVINO's errors mean, and how they are told in one sentence."""

from __future__ import annotations

_MEMORY = ("did not fit in the available cache budget", "bad_alloc", "out of memory", "allocat", "memory")
_LOST = ("CL_OUT_OF_RESOURCES", "CL_DEVICE_NOT_AVAILABLE", "DEVICE_LOST", "device lost", "CL_INVALID_COMMAND_QUEUE")


def is_lost_device(exc: BaseException) -> bool:
    """Whether the device is gone: nothing on it can be used any more."""
    return any(sign in str(exc) for sign in _LOST)


def is_memory(exc: BaseException) -> bool:
    """Whether memory was short."""
    return isinstance(exc, MemoryError) or any(sign in str(exc) for sign in _MEMORY)


def sentence(model: str, device: str, what: str, exc: BaseException, remedy: str = "") -> str:
    """Return what happened to which model on which device, the engine's own cause, and what to do."""
    # Engines put source locations of their build machine in front of, or behind, the one line that says something.
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(("Exception from", "Check '"))] or lines
    cause = said[-1][:200] if said else type(exc).__name__
    return f"model {model} {what} on {device}: {cause}" + (f"; {remedy}" if remedy else "")
