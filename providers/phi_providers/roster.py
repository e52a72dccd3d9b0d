"""The pool's places in order of preference: which one answers, which one stands in, which one is sent home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from phi_providers.limits import Limits
from phi_providers.messages import Load
from phi_providers.pool_status import PoolStatus, given_up, reasons, worker_status
from phi_providers.slot import Slot
from phi_providers.worker_client import Listener, WorkerClient
from phi_providers.worker_state import State


class Roster:
    """A slot for each `Load` of the plan; the first whose circuit is closed is meant to answer."""

    def __init__(
        self, plan: Sequence[Load], home: Path, listener: Listener, limits: Limits, on_change: Callable[[], None]
    ) -> None:
        self.slots = [Slot(index, order, home, listener, limits) for index, order in enumerate(plan)]
        self._on_change = on_change
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def chosen(self) -> Slot | None:
        """The slot that is meant to answer; None when all circuits are open."""
        return next((slot for slot in self.slots if not slot.open), None)

    @property
    def serving(self) -> Slot | None:
        """The best slot whose model is loaded: it answers until a better one is."""
        return next((slot for slot in self.slots if slot.loaded), None)

    @property
    def answering(self) -> Slot | None:
        """The slot that answers now: the serving one, or while nothing is loaded the one that is meant to."""
        return self.serving or self.chosen

    @property
    def stand_ins(self) -> list[Slot]:
        """Idle slots that a better one has made superfluous."""
        serving = self.serving
        return [slot for slot in self.slots[serving.index + 1 :] if slot.idle] if serving else []

    def has_spare(self, slot: Slot) -> bool:
        """Whether another slot could answer in place of this one; one that has rested but not been tried may not."""
        return any(not (other.open or other.given_up) for other in self.slots if other is not slot)

    def of(self, client: WorkerClient) -> Slot:
        """Return the slot of a worker that has not been stopped."""
        return next(slot for slot in self.slots if slot.client is client)

    def status(self, queue: int) -> PoolStatus:
        """Return the state of all workers, and why better ones than the serving one cannot answer."""
        workers = tuple(worker_status(slot.client) for slot in self.slots if slot.client is not None)
        serving = self.serving
        passed = [slot for slot in self.slots if slot.open or (serving is not None and slot.index < serving.index)]
        trouble = "; ".join(str(slot.cause) for slot in passed if slot.cause) if self.chosen else self.reasons
        busy = any(worker.state != State.READY.value for worker in workers)
        lost = "; ".join(str(slot.lost) for slot in self.slots if slot.lost and slot not in passed)
        return PoolStatus(
            queue=queue, busy=busy, workers=workers, trouble=trouble, lost=lost, given_up=given_up(self.slots)
        )

    @property
    def reasons(self) -> str:
        """Why each place that failed did so."""
        return reasons(self.slots)

    def retire(self, slot: Slot) -> None:
        """End a slot's worker in the background; the slot may be started again."""
        if client := slot.detach():
            task = asyncio.get_running_loop().create_task(slot.end(client), name="retiring a worker")
            self._retiring.add(task)
            task.add_done_callback(self._retired)
        self._on_change()

    async def stop(self) -> None:
        """End all workers."""
        await asyncio.gather(*(slot.stop() for slot in self.slots), *self._retiring)

    def _retired(self, task: asyncio.Task[None]) -> None:
        self._retiring.discard(task)
        self._on_change()
