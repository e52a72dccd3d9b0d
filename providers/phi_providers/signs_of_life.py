"""Notices that a worker which should be talking has fallen silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 4
"""Silence is suspicious at so many times the longest gap seen so far: a slow device under load has slow steps."""

LONGEST_S = 20.0


class SignsOfLife:
    """A deadline that each frame moves on. Costs one timer per period of silence allowed, none while resting."""

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
        self._allowed = min(max(silence_s, PATIENCE * self._longest_gap), LONGEST_S)
        self._last = self._loop.time()
        self._arm(self._allowed)

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

    def _arm(self, delay_s: float) -> None:
        self._timer = self._loop.call_later(delay_s, self._check, self._loop.time() + delay_s)

    def _check(self, due: float) -> None:
        now = self._loop.time()
        if now - due > 1.0:
            # We were stopped ourselves (a closed lid, a debugger), and the worker with us: its silence means nothing.
            self._last = now
        remaining = self._last + self._allowed - now
        if remaining > 0:
            self._arm(remaining)
            return
        self._timer = None
        self._on_silence(now - self._last)
