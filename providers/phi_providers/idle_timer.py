"""Calls back after a while in which nothing happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class IdleTimer:
    """Calls back once nothing has happened for a while; a period of 0 never does. One timer, no polling."""

    def __init__(self, period_s: float, on_idle: Callable[[], None]) -> None:
        self._period_s = period_s
        self._on_idle = on_idle
        self._timer: asyncio.TimerHandle | None = None

    def touch(self) -> None:
        """Something happened."""
        self.cancel()
        if self._period_s > 0:
            self._timer = asyncio.get_running_loop().call_later(self._period_s, self._on_idle)

    def period(self, period_s: float) -> None:
        """Another period, from now on."""
        self._period_s = period_s
        self.touch()

    def cancel(self) -> None:
        """Never call back, until the next touch."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
