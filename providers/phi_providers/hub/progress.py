"""How far a fetch has come."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from dataclasses import dataclass


class Stage(str, enum.Enum):
    """What is being done."""

    WAITING = "waiting"
    """For another process that fetches the same model."""
    DOWNLOAD = "download"
    VERIFY = "verify"
    INSTALL = "install"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step of a fetch."""

    stage: Stage
    done: int = 0
    total: int = 0
    """Bytes."""
    note: str = ""
    """What must be said about it, for the user."""


Report = Callable[[Progress], None]
"""Is called by several threads, never by two at once."""


class Meter:
    """Adds up what the threads of one stage report."""

    def __init__(self, report: Report, stage: Stage, total: int, done: int = 0) -> None:
        self._report = report
        self._stage = stage
        self._total = total
        self._done = done
        self._lock = threading.Lock()

    def moved(self, count: int) -> None:
        """Report that so many more bytes are done."""
        with self._lock:
            self._done += count
            self._report(Progress(stage=self._stage, done=self._done, total=self._total))

    def say(self, note: str) -> None:
        """Report something that the user should know."""
        with self._lock:
            self._report(Progress(stage=self._stage, done=self._done, total=self._total, note=note))
