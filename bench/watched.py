"""Runs a command and looks at it meanwhile: how long it takes, and the most that it and its children hold."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOK_S = 0.2
"""Between two looks; one takes some hundredths of a second where processes hold gigabytes."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a command took; bytes at the moments when most was held, of the whole process tree."""

    code: int
    output: str
    errors: str
    seconds: float
    processor_s: float
    """Of all cores, in the process and its children; what else runs on the machine hardly changes it. 0 on Windows."""
    rss: int
    """All resident pages, those of shared libraries once for each process, mapped files included."""
    pss: int
    """Shared pages by share; 0 where the system does not tell."""
    own: int
    """Of `pss` what no file stands behind: this must be in memory, the rest the system can read again."""
    disk: int
    """Of the watched folder, beyond what was there before."""


def watched(command: Sequence[str], env: Mapping[str, str], cwd: Path, folder: Path) -> Watched:
    """Run a command to its end; `folder` is the one that it writes to."""
    before, most, biggest, disk = _size(folder), _Memory(), 0, 0
    errors, output = cwd / "errors.txt", cwd / "output.txt"
    begun, spent = time.perf_counter(), _processor_s()
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_S)
                break
            found = [_memory(each.pid) for each in _tree(process.pid)]
            most = most.larger(_Memory(*(sum(values) for values in zip(*(each.sums for each in found), strict=True))))
            biggest = max(biggest, *(each.peak for each in found), 0)
            disk = max(disk, _size(folder) - before)
    return Watched(
        code=process.returncode,
        output=output.read_text("utf-8"),
        errors=errors.read_text("utf-8"),
        seconds=time.perf_counter() - begun,
        processor_s=_processor_s() - spent,
        # The kernel notes the peak of each process exactly; looks may miss it.
        rss=max(most.rss, biggest),
        pss=most.pss,
        own=most.own,
        disk=max(disk, _size(folder) - before),
    )


@dataclass(frozen=True)
class _Memory:
    rss: int = 0
    pss: int = 0
    own: int = 0
    peak: int = 0

    @property
    def sums(self) -> tuple[int, int, int]:
        return self.rss, self.pss, self.own

    def larger(self, other: _Memory) -> _Memory:
        return _Memory(max(self.rss, other.rss), max(self.pss, other.pss), max(self.own, other.own))


def _tree(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _memory(pid: int) -> _Memory:
    """Return what a process holds; nothing for one that has just ended."""
    try:
        rollup = _kilobytes(Path(f"/proc/{pid}/smaps_rollup"))
        status = _kilobytes(Path(f"/proc/{pid}/status"))
    except OSError:
        with contextlib.suppress(psutil.Error):
            return _Memory(rss=psutil.Process(pid).memory_info().rss)
        return _Memory()
    return _Memory(rollup.get("Rss", 0), rollup.get("Pss", 0), rollup.get("Pss_Anon", 0), status.get("VmHWM", 0))


def _kilobytes(file: Path) -> dict[str, int]:
    """Return the lines `Name:  123 kB` of one of the kernel's files, in bytes."""
    rows = (line.split() for line in file.read_text("ascii").splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if row[-1] == "kB" and len(row) == 3}


def _processor_s() -> float:
    """Return what all children that have ended have used so far."""
    times = os.times()
    return times.children_user + times.children_system


def _size(folder: Path) -> int:
    """Return what all files below a folder take, by length; some may go while we look."""
    total = 0
    # Not rglob: that raises when a folder goes while it is being read.
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(Path(place) / name).st_size
    return total
