"""The machine in words, without names or paths."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path

import psutil


def describe() -> dict[str, object]:
    """Return what a reader must know to compare the figures with others'."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memoryGiB": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {
            name: importlib.metadata.version(name) for name in ("pygls", "lsprotocol", "openvino-genai", "tokenizers")
        },
        "load": round(psutil.getloadavg()[0], 2),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
