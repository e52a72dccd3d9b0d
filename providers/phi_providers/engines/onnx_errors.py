"""What ONNX Runtime says when something goes wrong, in our words."""

from __future__ import annotations

from phi_providers.errors import GenerationFailed, ProviderError, WorkerDied

_LOST = (
    *("887A0005", "887A0006", "887A0007", "887A0020", "device removed", "device lost", "DEVICE_LOST"),
    "CUDA failure 4:",
    "CUDA failure 46:",
    "CUDA failure 214:",
    "CUDA failure 700:",
    "CUDA failure 719:",
    "CUDA failure 999:",
    "cudaErrorIllegalAddress",
    "cudaErrorLaunchFailure",
    "unspecified launch failure",
    "an illegal memory access",
)
"""DXGI_ERROR_DEVICE_REMOVED, …_HUNG, …_RESET, …_DRIVER_INTERNAL_ERROR; CUDA errors that a process does not survive."""

_MEMORY = ("bad_alloc", "out of memory", "Failed to allocate", "8007000E", "CUDA failure 2:", "available memory")


def failure(exc: BaseException, model: str, device: str) -> ProviderError:
    """Return what to raise for an exception of the library during a request."""
    said = str(exc)
    if any(sign.lower() in said.lower() for sign in _LOST):
        remedy = "update the graphics driver if this happens again"
        return WorkerDied(sentence("lost its device", exc, model, device, remedy))
    if isinstance(exc, MemoryError) or any(sign.lower() in said.lower() for sign in _MEMORY):
        remedy = "close other programs or use a smaller model"
        return GenerationFailed(sentence("ran out of memory", exc, model, device, remedy))
    return GenerationFailed(sentence("failed", exc, model, device))


def sentence(what: str, exc: BaseException, model: str, device: str, remedy: str = "") -> str:
    """Return one line: which model, what happened, where, and the library's reason without its source locations."""
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    cause = lines[0].rpartition("Status Message:")[2].strip()[:200] if lines else type(exc).__name__
    return f"model {model} {what} on {device}: {cause}" + (f"; {remedy}" if remedy else "")
