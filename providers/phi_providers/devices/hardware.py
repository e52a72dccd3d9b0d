"""Which accelerators are in this machine, as the system tells without any driver."""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from phi_providers.devices import nvidia_tool

PCI = Path("/sys/bus/pci/devices")
VIRTUAL_GPU = Path("/dev/dxg")
"""Linux on Windows reaches the GPU through this, and shows none on its bus."""

VENDORS = {"Intel": "0x8086", "NVIDIA": "0x10de"}
GPU, NPU = "0x03", "0x12"
"""Beginnings of PCI classes: display controllers, processing accelerators."""


@dataclass(frozen=True)
class NvidiaGpu:
    """One GPU, as NVIDIA's driver names it."""

    name: str
    driver: str
    memory_bytes: int | None


def has(kind: str, vendor: str, bus: Path = PCI) -> bool | None:
    """Whether there is a device of this class and vendor; None where the system does not tell."""
    if platform.machine() == "aarch64" or VIRTUAL_GPU.exists():
        return None
    try:
        found = [((device / "vendor").read_text(), (device / "class").read_text()) for device in bus.iterdir()]
    except OSError:
        return None
    ours = any(text.strip() == VENDORS[vendor] and number.startswith(kind) for text, number in found)
    # A sandbox may show an empty bus.
    return ours if found else None


def nvidia_gpus() -> list[NvidiaGpu]:
    """Return what NVIDIA's own tool, which comes with the driver, lists; nothing if it is not there or hangs."""
    try:
        return read_nvidia_gpus(nvidia_tool.ask("name", "driver_version", "memory.total"))
    except subprocess.TimeoutExpired:
        return []


def read_nvidia_gpus(table: str) -> list[NvidiaGpu]:
    """Return what the tool's table says, a GPU a line: name, version of the driver, MiB of memory."""
    rows = nvidia_tool.rows(table, columns=3)
    return [NvidiaGpu(name, driver, nvidia_tool.mebibytes(size)) for name, driver, size in rows]


def nvidia_absence(gpus: list[NvidiaGpu]) -> tuple[str, str]:
    """Return why CUDA has no device here, and what to do; two empty texts when it has one."""
    if gpus:
        return "", ""
    if sys.platform == "darwin":
        return "there is no CUDA on macOS", ""
    present = has(GPU, "NVIDIA")
    if present is False:
        return "there is no NVIDIA GPU", ""
    if present:
        return "there is an NVIDIA GPU, but its driver does not answer", "install or update NVIDIA's driver"
    return "no NVIDIA GPU was found", "if there is one, install NVIDIA's driver"
