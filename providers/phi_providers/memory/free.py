"""How much memory is free: the machine's own, within the limit of the process's group, and that of NVIDIA's GPUs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil

from phi_providers.devices import nvidia_tool

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUP = Path("/proc/self/cgroup")

ANSWER_S = 2.0
"""For NVIDIA's tool, while somebody waits for a model."""


def free_memory(cgroups: Path = CGROUPS, own: Path = OWN_CGROUP) -> int:
    """Return the bytes that can be had without swapping, by the system and by the limits that a container has."""
    return int(min([psutil.virtual_memory().available, *group_memory(cgroups, own)]))


def group_memory(cgroups: Path, own: Path) -> Iterator[int]:
    """Yield what the process's control group (version 2), and each that it is in, leaves to it; only where limited."""
    try:
        lines = own.read_text("utf-8").splitlines()
    except OSError:  # no Linux
        return
    path = next((line[3:] for line in lines if line.startswith("0::")), "/")
    place = cgroups / path.strip("/")
    for folder in (place, *place.parents):
        if not folder.is_relative_to(cgroups):
            return
        left = _left(folder)
        if left is not None:
            yield left


def _left(group: Path) -> int | None:
    try:
        limit = int((group / "memory.max").read_text("ascii"))  # "max" where there is none
        used = int((group / "memory.current").read_text("ascii"))
        stat = dict(line.split(maxsplit=1) for line in (group / "memory.stat").read_text("ascii").splitlines())
        # Pages of files that nobody has used of late are given back before anything fails.
        return max(0, limit - used + int(stat.get("inactive_file", 0)))
    except (OSError, ValueError):
        return None


def free_nvidia_memory() -> int | None:
    """Return the free bytes of the NVIDIA GPU that has most of them; None where its driver does not tell.

    Which of several a runtime calls the first is its own affair.
    """
    try:
        table = nvidia_tool.ask("memory.free", answer_s=ANSWER_S)
    except subprocess.TimeoutExpired:
        return None
    sizes = (nvidia_tool.mebibytes(cell) for (cell,) in nvidia_tool.rows(table, columns=1))
    return max((size for size in sizes if size is not None), default=None)
