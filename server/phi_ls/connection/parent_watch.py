"""Notices that the editor died, even while something else holds the other end of stdin open."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable

import psutil

log = logging.getLogger(__name__)

POLL_S = 3.0
"""Where the system cannot tell us by itself."""


class ParentWatch:
    """Calls `on_death` once, in the event loop, when process `pid` has ended."""

    def __init__(
        self,
        pid: int,
        on_death: Callable[[], None],
        *,
        poll_s: float = POLL_S,
        descriptors: bool = True,
    ) -> None:
        """Without `descriptors`, or where there are none, the process is looked at every `poll_s` seconds."""
        self._pid = pid
        self._poll_s = poll_s
        self._descriptors = descriptors
        self._on_death = on_death
        self._loop = asyncio.get_running_loop()
        self._descriptor: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._started: float | None = None

    def start(self) -> None:
        """Begin to watch; a process that is gone already is reported at once."""
        if self._pid <= 0:
            return
        self._started = _start_time(self._pid)
        if self._started is None:
            self._died()
        elif not self._wait_by_descriptor():
            self._timer = self._loop.call_later(self._poll_s, self._poll)

    def stop(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
        self._timer = self._descriptor = None

    def _wait_by_descriptor(self) -> bool:
        """Wait without waking up in between; return whether that is possible here."""
        pidfd_open = getattr(os, "pidfd_open", None)
        if pidfd_open is None or not self._descriptors:
            return False
        try:
            self._descriptor = descriptor = pidfd_open(self._pid)
            self._loop.add_reader(descriptor, self._died)
        except (OSError, NotImplementedError) as exc:
            log.info("no process descriptor for the editor (%s); looking every %g s", exc, self._poll_s)
            return False
        return True

    def _poll(self) -> None:
        # A process id is given out again; the start time is not.
        if _start_time(self._pid) != self._started:
            self._died()
        else:
            self._timer = self._loop.call_later(self._poll_s, self._poll)

    def _died(self) -> None:
        self.stop()
        self._on_death()


def _start_time(pid: int) -> float | None:
    """Return when the process started, None if there is no such process or it is only waiting to be reaped."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.AccessDenied:
        return 0.0
    except (psutil.Error, OSError, OverflowError, ValueError):
        return None
