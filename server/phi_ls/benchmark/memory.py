"""How much memory a worker takes, as far as the system tells."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

from phi_ls.device_load import DeviceLoad, Meter
from phi_providers.device_names import device_kind

NO_MEMORY_OF_ITS_OWN = ("CPU", "NONE", "ELSEWHERE", "")


def resident(pid: int | None) -> int | None:
    """Return the bytes of a process and of what it has started; None when it is gone."""
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
        return sum(_rss(each) for each in (process, *process.children(recursive=True)))
    except psutil.Error:
        return None


def peak(pid: int | None) -> int | None:
    """Return the most bytes that a process ever had; None where the system keeps no account of it (macOS)."""
    if pid is None:
        return None
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])
    with contextlib.suppress(psutil.Error):
        most = getattr(psutil.Process(pid).memory_info(), "peak_wset", None)
        return None if most is None else int(most)
    return None


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


class DeviceMemory:
    """What a worker takes of a device's own memory: what is in use now, less what was before it started."""

    def __init__(self) -> None:
        self._meter = Meter()
        self._before = self._meter.look()

    def taken(self, device: str, pid: int | None) -> int | None:
        """Return the bytes on `device`; None where it has none of its own or the system does not tell."""
        if device.upper() in NO_MEMORY_OF_ITS_OWN:
            return None
        now = in_use(self._meter.look([pid] if pid else []), device)
        return None if now is None else max(now - (in_use(self._before, device) or 0), 0)


def in_use(loads: list[DeviceLoad], device: str) -> int | None:
    """Return the bytes in use on what an engine calls `device`; None when the system does not tell."""
    known = [load.memory_used for load in loads if load.memory_used is not None and _is_meant(load.name, device)]
    return sum(known) if known else None


def _is_meant(name: str, device: str) -> bool:
    """Whether what the system calls `name` is what an engine calls `device`."""
    kind = device_kind(device)
    if kind in ("GPU", "XPU", "NPU"):
        return name.upper().startswith("NPU" if kind == "NPU" else "GPU")
    # The rest are NVIDIA's, which go by their product names; DirectML may be at work on any GPU.
    return kind in ("CUDA", "DML", "NVTENSORRTRTX") and name.upper() not in ("CPU", "NPU")
