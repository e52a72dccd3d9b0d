"""Notices that a worker which should be talking has fallen silent."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from phi_providers.messages import ModelProfile

PATIENCE = 4
"""Silence is suspicious at so many times the longest gap seen so far: a slow device under load has slow steps."""

LONGEST_S = 20.0
"""However slow a worker has shown to be, it is not waited for longer than this."""

TICK_S = 0.5

WORK_SHARE = 0.05
"""A silent worker that uses so much of a processor is at work: on a machine that compiles something, one step of a
model took twenty times its usual time. One that waits for what never comes uses none, or 0.01 where its other threads
wait for the interpreter lock."""

LOOK_S = 0.25
"""Work is judged over at least so long: systems count processor time in steps of 10 ms, and over 2 ms a worker that
computed had used none."""

STEP_TOKENS = 128
"""The longest prefill step of an engine that is slower than 512 tokens/s: a chunk on the NPU. Others take 250 ms."""


def step_s(profile: ModelProfile) -> float:
    """Return how long one step of an engine takes by what it measured while loading; 0 if it measured nothing."""
    prefill_s = STEP_TOKENS / profile.prefill_tokens_per_s if profile.prefill_tokens_per_s else 0.0
    return max(prefill_s, profile.decode_ms_per_token / 1000)


class SignsOfLife:
    """A deadline that each frame moves on, and for a while so does work. Two timers a second, none while resting.

    `worked_s` tells the processor time that the worker has used so far.
    """

    def __init__(self, on_silence: Callable[[float], None], worked_s: Callable[[], float] = lambda: 0.0) -> None:
        self._on_silence = on_silence
        self._worked_s = worked_s
        self._marked: tuple[float, float] = (0.0, 0.0)
        """When the processor time was looked at since the last frame, and what it was."""
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
        self._arm(self._last + self._allowed)

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

    def rest(self, *, knowing: float = 0.0) -> None:
        """Nothing is due. One of this worker's steps takes `knowing` seconds, by what was measured elsewhere."""
        self._longest_gap = max(self._longest_gap, knowing)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, at_most: float = math.inf) -> None:
        due = min(at_most, self._loop.time() + TICK_S)
        self._timer = self._loop.call_at(due, self._check, due)

    def _check(self, due: float) -> None:
        now = self._loop.time()
        # A late tick: we were stopped ourselves (a closed lid, a debugger, Ctrl-Z) or too busy to listen, and perhaps
        # the worker was stopped with us. That time is not its silence.
        self._last = min(now, self._last + now - due)
        silence = now - self._last
        unknown = self._last > self._marked[0]
        if unknown:
            self._marked = (now, self._worked_s())
        if silence < self._allowed:
            self._arm(self._last + self._allowed)
        elif silence < LONGEST_S and (unknown or self._at_work(now)):
            self._arm()
        else:
            self._timer = None
            self._on_silence(silence)

    def _at_work(self, now: float) -> bool:
        since, worked = self._marked
        return now - since < LOOK_S or self._worked_s() - worked > WORK_SHARE * (now - since)
