"""Many changes, one report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class OncePerTurn:
    """Calls back once for all that happened in one turn of the event loop, or within `delay_s`, at its end.

    From the loop, so that an error in the callback is none of those who reported a change.
    """

    def __init__(self, callback: Callable[[], None], delay_s: float = 0.0) -> None:
        self._callback = callback
        self._delay_s = delay_s
        self._due: asyncio.Handle | None = None

    def __call__(self) -> None:
        """Something changed."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(self._delay_s, self._call) if self._delay_s else loop.call_soon(self._call)

    def cancel(self) -> None:
        """Nobody is told any more of what has changed so far."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _call(self) -> None:
        self._due = None
        self._callback()
