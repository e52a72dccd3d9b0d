"""Notices that a worker which should be talking has fallen silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 4
"""Silence is suspicious at so many times the longest gap seen so far: a slow device under load has slow steps."""

LONGEST_S = 20.0
"""However slow a worker has shown to be, it is not waited for longer than this."""

TICK_S = 0.5


class SignsOfLife:
    """A deadline that each frame moves on. Two timers a second while something is due, none while resting."""

    def __init__(self, on_silence: Callable[[float], None]) -> None:
        self._on_silence = on_silence
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._allowed = 0.0
        self._last = 0.0
        self._longest_gap = 0.0
        self._learning = False

    def expect(self, silence_s: float, *, learn: bool) -> None:
        """From now on a frame is due at least every `silence_s` seconds, or later if this worker has shown to be slow.

        `learn` says whether the gaps from here on are typical of it.
        """
        self.rest()
        self._learning = learn
        self._allowed = max(silence_s, self.patience_s)
        self._last = self._loop.time()
        self._arm()

    @property
    def due(self) -> bool:
        """Whether something is expected."""
        return self._timer is not None

    @property
    def patience_s(self) -> float:
        """How long this worker may take for one step, by what it has shown; 0 before it has shown anything."""
        return min(PATIENCE * self._longest_gap, LONGEST_S)

    def seen(self) -> None:
        """A frame has come."""
        now = self._loop.time()
        if self._timer is not None and self._learning:
            self._longest_gap = max(self._longest_gap, now - self._last)
        self._last = now

    def rest(self) -> None:
        """Nothing is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        due = min(self._last + self._allowed, self._loop.time() + TICK_S)
        self._timer = self._loop.call_at(due, self._check, due)

    def _check(self, due: float) -> None:
        now = self._loop.time()
        # A late tick: we were stopped ourselves (a closed lid, a debugger, Ctrl-Z) or too busy to listen, and perhaps
        # the worker was stopped with us. That time is not its silence.
        self._last = min(now, self._last + now - due)
        silence = now - self._last
        if silence < self._allowed:
            self._arm()
            return
        self._timer = None
        self._on_silence(silence)
