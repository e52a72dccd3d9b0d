"""Whether the machine runs on its battery: as the editor says, else as the system does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import psutil

FRESH_S = 30.0
"""How old what is known may be when it is next needed."""


def on_battery() -> bool:
    """Ask the system; False where it has no battery, or does not say. May take some milliseconds."""
    read = getattr(psutil, "sensors_battery", None)  # not on every system
    battery = read() if read else None
    return battery is not None and battery.power_plugged is False


class Power:
    """What is known of the machine's power."""

    def __init__(self, read: Callable[[], bool] = on_battery, clock: Callable[[], float] = time.monotonic) -> None:
        self.said: bool | None = None
        """What the editor says: it may run on another machine than the server."""
        self._read = read
        self._clock = clock
        self._found = False
        self._read_at: float | None = None
        self.reading: asyncio.Future[bool] | None = None
        """The question to the system that is on its way."""

    @property
    def is_low(self) -> bool:
        """Whether the machine runs on its battery, as far as is known; an old answer is renewed in the background."""
        if self.said is not None:
            return self.said
        if self.reading is None and (self._read_at is None or self._clock() - self._read_at > FRESH_S):
            # Files and system calls: never in the thread that answers keys.
            self.reading = asyncio.get_running_loop().run_in_executor(None, self._read)
            self.reading.add_done_callback(self._take)
        return self._found

    def _take(self, reading: asyncio.Future[bool]) -> None:
        self.reading, self._read_at = None, self._clock()
        if not reading.cancelled() and reading.exception() is None:
            self._found = reading.result()
