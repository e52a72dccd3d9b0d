"""One place in the pool: a worker that is started, restarted with back-off, and given up for a while."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

from phi_providers.errors import WorkerDied
from phi_providers.messages import Load
from phi_providers.worker_client import Listener, State, WorkerClient

BREAKER_LIMIT = 3
"""Starts in a row that came to nothing before the circuit opens."""

BREAKER_REST_S = 60.0
"""How long an open circuit refuses; the first request after that tries once."""

BACKOFF_S = (0.0, 1.0, 2.0, 4.0)
"""Delay before a restart, by the number of starts in a row that came to nothing, plus up to a tenth."""


class Slot:
    """Keeps one `Load` order served by one worker at a time."""

    def __init__(self, index: int, order: Load, home: Path, listener: Listener) -> None:
        self.index = index
        self.order = order
        self.client: WorkerClient | None = None
        self.cause: WorkerDied | None = None
        """Why the last worker ended."""
        self._home = home
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._barren_starts = 0
        self._open_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether the worker can take a request now."""
        return self.client is not None and self.client.state is State.READY

    @property
    def open(self) -> bool:
        """Whether the circuit is open: this slot has failed too often and rests."""
        return self._loop.time() < self._open_until

    @property
    def pending(self) -> bool:
        """Whether a worker lives or will be started without being asked."""
        return self._timer is not None or (self.client is not None and self.client.state is not State.DEAD)

    def start(self) -> None:
        """Start a worker unless one lives, is due, or the circuit is open."""
        if not self.pending and not self.open:
            self._spawn()

    def proved(self) -> None:
        """The worker completed a request: the next death is no crash loop."""
        self._barren_starts = 0

    def died(self, cause: WorkerDied, *, in_service: bool) -> None:
        """The worker is gone. `in_service` false: it was idle, which says nothing about whether it can work."""
        self.client, self.cause = None, cause
        self._barren_starts += in_service
        if self._barren_starts >= BREAKER_LIMIT:
            self._barren_starts = BREAKER_LIMIT - 1
            self._open_until = self._loop.time() + BREAKER_REST_S
            return
        delay = BACKOFF_S[min(max(self._barren_starts - 1, 0), len(BACKOFF_S) - 1)]
        self._timer = self._loop.call_later(delay * random.uniform(1, 1.1), self._spawn)  # noqa: S311  # jitter

    async def stop(self) -> None:
        """End the worker and any restart that is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        client, self.client = self.client, None
        if client is not None:
            await client.stop()

    def _spawn(self) -> None:
        self._timer = None
        self.client = WorkerClient(self.order, self._home, self._listener)


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

    def cancel(self) -> None:
        """Never call back, until the next touch."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
