"""The pool's places: which one answers whom, which one is being loaded, which one is sent home."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

from phi_providers.limits import Limits
from phi_providers.messages import Load, Urgency
from phi_providers.plan import Plan
from phi_providers.slot import Slot
from phi_providers.worker_client import Listener, WorkerClient
from phi_providers.worker_state import State

LANES = (Urgency.TYPING, Urgency.ASKED)
"""One urgency of each order that a plan has; whoever types goes first."""

Needed = Callable[[Slot], bool]


def lane_of(urgency: Urgency) -> Urgency:
    """Return the urgency that stands for all of the same order."""
    return Urgency.TYPING if urgency is Urgency.TYPING else Urgency.ASKED


class Roster:
    """A slot for each `Load` of the plan; for each who waits, the first whose circuit is closed is meant to answer."""

    def __init__(
        self, plan: Plan, home: Path, listener: Listener, limits: Limits, on_change: Callable[[], None]
    ) -> None:
        self._numbers = itertools.count()

        def make(load: Load) -> Slot:
            return Slot(next(self._numbers), load, home, listener, limits)

        self._make = make
        self.plan = plan
        self.slots = self._slots(plan, [])
        self.leaving: list[Slot] = []
        """Slots of an earlier plan that still write something."""
        self._on_change = on_change
        self._wanted = self._closed = False
        self._retiring: set[asyncio.Task[None]] = set()

    # --- who answers -------------------------------------------------------------------------------------------------

    def lane(self, urgency: Urgency) -> list[Slot]:
        """Return the slots for a request of this urgency in order of preference, slow ones last for who types."""
        lane = self._lanes[urgency]
        return sorted(lane, key=self._slow) if urgency is Urgency.TYPING and len(lane) > 1 else lane

    def chosen(self, urgency: Urgency) -> Slot | None:
        """Return the slot that is meant to answer; None when all circuits are open."""
        return next((slot for slot in self.lane(urgency) if not slot.open), None)

    def serving(self, urgency: Urgency) -> Slot | None:
        """Return the best slot whose model is loaded: it answers until a better one is."""
        loaded = [slot for slot in self.lane(urgency) if slot.loaded]
        if urgency is not Urgency.TYPING and self._better_comes(urgency):
            loaded = [slot for slot in loaded if slot is not self._bridge]
        return loaded[0] if loaded else None

    def answering(self, urgency: Urgency) -> Slot | None:
        """Return the slot that answers now: the serving one, or while nothing is loaded the one that is meant to."""
        return self.serving(urgency) or self.chosen(urgency)

    def served_by(self, slot: Slot) -> list[Urgency]:
        """Return whose requests this slot takes now."""
        return [urgency for urgency in Urgency if self.serving(urgency) is slot]

    def has_spare(self, slot: Slot) -> bool:
        """Whether another slot could answer in place of this one; one that has rested but not been tried may not."""
        return any(not (other.open or other.given_up) for other in self.slots if other is not slot)

    def of(self, client: WorkerClient) -> Slot:
        """Return the slot of a worker that has not been stopped."""
        return next(slot for slot in (*self.slots, *self.leaving) if slot.client is client)

    def numbered(self, index: int) -> Slot:
        """Return a slot by the number that the scheduler knows it by."""
        return next(slot for slot in (*self.slots, *self.leaving) if slot.index == index)

    # --- who is loaded -----------------------------------------------------------------------------------------------

    def start(self, urgency: Urgency) -> None:
        """Have the chosen slot loaded; if somebody types, the bridge before it."""
        chosen, bridge = self.chosen(urgency), self._bridge
        if chosen is None or self._closed:
            return
        self._wanted = True
        bridged = urgency is Urgency.TYPING or not self._better_comes(urgency)
        if bridge and bridged and self.serving(urgency) is None:
            bridge.start()
            if bridge.starting:
                # Alone it takes a third of a second, beside a large model several.
                return
        if chosen.given_up and any(slot.starting for slot in self.lane(urgency)):
            # It is tried again when it is in nobody's way.
            return
        if chosen is bridge or not (self.leaving or self._retiring):
            # Else it has to wait for memory: what a worker takes is free only when it is gone.
            chosen.start()

    def warm(self) -> None:
        """Have all slots loaded that are meant to answer: one after the other, the one for typing first."""
        for urgency in LANES:
            self.start(urgency)
            chosen = self.chosen(urgency)
            if chosen is not None and not chosen.loaded:
                return

    def replace(self, plan: Plan, needed: Needed) -> None:
        """Take up another plan. A slot that is in both goes on; others leave, when they have written what they write.

        `needed`: whether something waits that only this slot can go on with.
        """
        old = self.slots
        self.plan, self.slots = plan, self._slots(plan, [*old, *self.leaving])
        self.leaving = [slot for slot in self.leaving if slot not in self.slots]
        for slot in old:
            if slot not in self.slots:
                self._dismiss(slot, stays=needed(slot))
        if self._wanted:
            self.warm()

    def retire(self, slot: Slot) -> None:
        """End a slot's worker in the background; the slot may be started again."""
        if slot in self.leaving:
            self.leaving.remove(slot)
        if client := slot.detach():
            task = asyncio.get_running_loop().create_task(slot.end(client), name="retiring a worker")
            self._retiring.add(task)
            task.add_done_callback(self._retired)
        self._on_change()

    def retire_idle(self, needed: Needed) -> None:
        """End the workers that a better one has made superfluous: two models may not fit for long."""
        for slot in (*self.slots, *self.leaving):
            if slot.idle and not self.served_by(slot) and not needed(slot):
                self.retire(slot)

    def forgive(self) -> None:
        """Try every place again at the next occasion, whatever it has done before."""
        for slot in self.slots:
            slot.forgive()

    def rest(self) -> None:
        """End all workers, until something is asked for."""
        self._wanted = False
        for slot in (*self.slots, *self.leaving):
            self.retire(slot)

    async def stop(self) -> None:
        """End all workers; none is started any more."""
        self._closed = True
        ended = [(slot, slot.detach()) for slot in (*self.slots, *self.leaving)]
        await asyncio.gather(*(slot.end(client) for slot, client in ended if client), *self._retiring)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _slots(self, plan: Plan, old: list[Slot]) -> list[Slot]:
        slots = [next((slot for slot in old if slot.order == load), None) or self._make(load) for load in plan.loads]
        self._lanes = {
            urgency: [slot for load in plan.order(urgency) for slot in slots if slot.order == load]
            for urgency in Urgency
        }
        self._bridge = next((slot for slot in slots if slot.order == plan.bridge), None)
        return slots

    def _better_comes(self, urgency: Urgency) -> bool:
        """Whether a place other than the bridge can be expected to answer: one that has not failed before."""
        lane = self.lane(urgency)
        return any(not slot.open and slot.given_up is None for slot in lane if slot is not self._bridge)

    def _slow(self, slot: Slot) -> bool:
        return slot.measured is not None and not self.plan.quick(slot.order, slot.measured)

    def _dismiss(self, slot: Slot, *, stays: bool) -> None:
        if slot.client is not None and (stays or slot.client.state is State.BUSY):
            self.leaving.append(slot)
        else:
            self.retire(slot)

    def _retired(self, task: asyncio.Task[None]) -> None:
        self._retiring.discard(task)
        if self._wanted and not self._closed:
            self.warm()
        self._on_change()
