"""One place in the pool: a worker that is started, restarted with back-off, and given up for a while."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

from phi_providers.errors import LoadFailed, WorkerDied
from phi_providers.limits import Limits
from phi_providers.messages import Load, ModelProfile
from phi_providers.worker_client import Listener, WorkerClient
from phi_providers.worker_state import State


class Slot:
    """Keeps one `Load` order served by one worker at a time."""

    def __init__(self, index: int, order: Load, home: Path, listener: Listener, limits: Limits) -> None:
        self.index = index
        self.order = order
        self.client: WorkerClient | None = None
        self.cause: WorkerDied | None = None
        """Why the last worker ended."""
        self.given_up: WorkerDied | None = None
        """Why the circuit was opened; until a worker here has answered again, its later openings are the same story."""
        self.rest_s = 0.0
        """How long the circuit stays open, from the moment when it was opened last."""
        self.served = False
        """Whether a worker here ever had its model loaded; if not, the machine may simply not have the device."""
        self._profile: ModelProfile | None = None
        self._home = home
        self._listener = listener
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._proved = False
        self._barren_starts = 0
        self._rests = 0
        self._open_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._stopping = False
        self._wanted = False

    @property
    def idle(self) -> bool:
        """Whether the worker can take a request now."""
        return self.client is not None and self.client.state is State.READY

    @property
    def loaded(self) -> bool:
        """Whether the worker has its model, at work or not."""
        return self.client is not None and self.client.state in (State.READY, State.BUSY)

    @property
    def starting(self) -> bool:
        """Whether there is a worker that does not have its model yet."""
        return self.client is not None and not self.loaded

    @property
    def open(self) -> bool:
        """Whether the circuit is open: this slot has failed too often and rests."""
        return self._loop.time() < self._open_until

    @property
    def lost(self) -> WorkerDied | None:
        """Why the last worker ended, until another in its place has completed a request."""
        return None if self.open else self.cause

    @property
    def profile(self) -> ModelProfile | None:
        """What loading found out, now or the last time; None before the first time."""
        return (self.client.profile if self.client else None) or self._profile

    @property
    def measured(self) -> ModelProfile | None:
        """The profile with the better speed of decoding: other programs can only have slowed down a measurement."""
        profile, tokens_per_s = self.profile, self.client.tally.tokens_per_s if self.client else None
        if profile is None or not tokens_per_s or profile.decode_ms_per_token <= 1000 / tokens_per_s:
            return profile
        return replace(profile, decode_ms_per_token=1000 / tokens_per_s)

    @property
    def where(self) -> str:
        """The engine and the device, as messages name them."""
        return f"{self.order.engine} on {self.order.device}"

    def start(self) -> None:
        """Start a worker unless one lives, is due, or the circuit is open."""
        if self._stopping:
            # The device is handed to a new worker only when the old one is gone: two models may not fit.
            self._wanted = True
        elif self.client is None and self._timer is None and not self.open:
            self._spawn()

    def proved(self) -> None:
        """The worker completed a request: its death is no crash loop."""
        self._proved = True
        self._barren_starts = self._rests = 0
        self.cause = self.given_up = None

    def died(self, cause: WorkerDied, *, in_service: bool, spare: bool = False) -> None:
        """The worker is gone. `in_service` false: it was idle, which is no fault of one that has proved itself.

        `spare`: another place can answer. Then a model that did not load, or that took its process with it at its first
        request, is not tried again before the circuit closes: a device that is missing now, or an engine that aborts,
        does so a second later, and somebody waits.
        """
        self.served = self.served or (self.client is not None and self.client.profile is not None)
        self._profile, self.client, self.cause = self.measured, None, cause
        self._barren_starts += in_service or not self._proved
        hopeless = isinstance(cause, LoadFailed) or (in_service and not self._proved)
        if self._barren_starts >= self._limits.breaker_limit or (spare and hopeless):
            self._give_up(cause)
            return
        backoff = self._limits.backoff_s
        delay = backoff[min(max(self._barren_starts - 1, 0), len(backoff) - 1)]
        self._timer = self._loop.call_later(delay * random.uniform(1, 1.1), self._spawn)  # noqa: S311  # jitter

    def _give_up(self, cause: WorkerDied) -> None:
        """Open the circuit, for twice as long as the last time unless something was answered in between."""
        self.given_up = cause
        self._barren_starts = self._limits.breaker_limit - 1
        self.rest_s = min(self._limits.breaker_rest_s * 2**self._rests, self._limits.longest_rest_s)
        self._open_until = self._loop.time() + self.rest_s
        self._rests += 1

    async def stop(self) -> None:
        """End the worker and any restart that is due."""
        if client := self.detach():
            await self.end(client)

    def forgive(self) -> None:
        """Forget what failed here."""
        self.cause = self.given_up = None
        self._barren_starts = self._rests = 0
        self._open_until = 0.0

    def detach(self) -> WorkerClient | None:
        """Take the worker out of service at once and return it, for `end`: no request may reach one that is ending."""
        self._wanted = False
        if not self.open:
            self.cause = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._profile, client, self.client = self.measured, self.client, None
        if client is not None:
            # From this turn on: a process that ends has news until it is gone.
            client.silence()
        self._stopping = self._stopping or client is not None
        return client

    async def end(self, client: WorkerClient) -> None:
        """End a detached worker's process; then start another if one has been asked for meanwhile."""
        await client.stop()
        self._stopping = False
        if self._wanted:
            self._spawn()

    def _spawn(self) -> None:
        self._timer, self._proved = None, False
        self.client = WorkerClient(self.order, self._home, self._listener, self._limits)
