"""Many changes, one report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class OncePerTurn:
    """Calls back once for all that happened in one turn of the event loop, at its end.

    From the loop, so that an error in the callback is none of those who reported a change.
    """

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        self._due = False

    def __call__(self) -> None:
        """Something changed."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._call)

    def _call(self) -> None:
        self._due = False
        self._callback()
