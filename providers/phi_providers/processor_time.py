"""How much processor time another process has used: whether one that says nothing is at work."""

from __future__ import annotations

import psutil


class ProcessorTime:
    """Of the process that is watched."""

    def __init__(self) -> None:
        self._process: psutil.Process | None = None

    def watch(self, pid: int) -> None:
        """Look at this process from now on; it is told from a later one with the same number."""
        try:
            self._process = psutil.Process(pid)
        except psutil.Error:
            self._process = None

    def seconds(self) -> float:
        """Return what it has used so far, by all its threads; 0 if it is gone. Takes 0.03 ms."""
        try:
            times = self._process.cpu_times() if self._process is not None else None
        except psutil.Error:
            return 0.0
        return float(times.user + times.system) if times else 0.0
