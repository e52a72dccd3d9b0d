"""asyncio glue: scheduler + workers → streams of text; failover, restart, circuit breaker, unloading when idle."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from phi_providers.deadly_prompts import DeadlyPrompts
from phi_providers.errors import GenerationFailed, LoadFailed, NoProvider, ProviderError, WorkerDied
from phi_providers.generation import Generation
from phi_providers.generations import Generations
from phi_providers.idle_timer import IdleTimer
from phi_providers.job import Job
from phi_providers.limits import DEFAULT_LIMITS, Limits
from phi_providers.messages import Done, Failed, Load, ModelInfo, ModelProfile, Piece, Started, Urgency
from phi_providers.once_per_turn import OncePerTurn
from phi_providers.plan import Plan
from phi_providers.pool_status import GivenUp, PoolStatus, WorkerStatus, pool_status, reasons
from phi_providers.roster import LANES, Roster, lane_of
from phi_providers.scheduler import Scheduler
from phi_providers.slot import Slot
from phi_providers.stream import Stream
from phi_providers.worker_client import WorkerClient
from phi_providers.worker_state import State

__all__ = ["GivenUp", "Job", "Limits", "Pool", "PoolStatus", "Stream", "WorkerStatus"]

log = logging.getLogger(__name__)

TELL_AFTER_S = 0.03
"""Requests taken up and answered within so short a time are told of once: whoever hears of it looks at everything. That
was a fifth of the server's work for a key. Loading and deaths are told of at once."""


class Pool:
    """Workers in order of preference; of those for typing and those for the rest, the first whose circuit is closed.

    Belongs to one event loop, whose thread must be the process's main thread. Nothing is started before `start`.
    """

    def __init__(
        self,
        plan: Plan,
        home: Path,
        on_change: Callable[[], None] = lambda: None,
        idle_unload_s: float = 0.0,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._limits = limits
        self._changed = OncePerTurn(on_change)
        self._went_on = OncePerTurn(on_change, TELL_AFTER_S)
        self._roster = Roster(plan, home, self, limits, self._changed)
        self._scheduler = Scheduler()
        self._generations = Generations(self._scheduler, self._stop_running)
        self._deadly = DeadlyPrompts()
        self._idle = IdleTimer(idle_unload_s, self._unload)
        self._leaving = IdleTimer(limits.leave_s, self._end_leaving)
        self._closed = False

    # --- for callers -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Have the preferred models loaded, so that they are warm before the first request."""
        self._roster.warm()
        self._idle.touch()
        self._changed()

    def take_up(self, plan: Plan, idle_unload_s: float) -> None:
        """Answer by another plan from now on: who waits is answered by it, what is being written is written to its end.

        Unless that takes longer than `Limits.leave_s`: then it fails, because what the old model takes is needed.
        """
        self._roster.replace(plan, self._needed)
        self._idle.period(idle_unload_s)
        self._leaving.touch()
        self._pump()
        self._changed()

    def release(self) -> None:
        """End all workers and what they write; the next request starts them again, those that had failed as well."""
        self._generations.end_all(NoProvider("phi-ls was switched off"))
        self._unload()
        self._roster.forgive()

    def model_for(self, urgency: Urgency) -> ModelInfo | None:
        """Return the model that would answer now; None when none can."""
        slot = self._roster.answering(urgency)
        return slot.order.model if slot else None

    def order_for(self, urgency: Urgency) -> Load | None:
        """Return what that model was loaded by, or would be."""
        slot = self._roster.answering(urgency)
        return slot.order if slot else None

    def profile_for(self, urgency: Urgency) -> ModelProfile | None:
        """Return what loading found out about that model; None until it is loaded."""
        slot = self._roster.answering(urgency)
        return slot.client.profile if slot and slot.client else None

    def speed_for(self, urgency: Urgency) -> ModelProfile | None:
        """Return it with the best speed of decoding seen since: loading may have measured a busy machine."""
        slot = self._roster.answering(urgency)
        return slot.measured if slot and slot.client and slot.client.profile else None

    def submit(self, job: Job) -> Stream:
        """Queue a job; raises NoProvider or QueueFull at once."""
        if self._roster.chosen(job.lane) is None or self._closed:
            raise NoProvider(self.status().trouble or "no engine is set up; run `phi-ls doctor`")
        stream = self._generations.add(job)
        self._roster.start(job.lane)
        if job.urgency is not Urgency.AHEAD:
            # What is done ahead of time is no reason to keep a model loaded.
            self._idle.touch()
        self._pump()
        return stream

    def cancel(self, request_id: int) -> None:
        """Nobody wants this request any more; only this one is affected."""
        self._generations.cancel(request_id)

    def hurry(self, request_id: int) -> None:
        """Somebody waits now for a job of urgency AHEAD: it gets the urgency that it prepares for."""
        self._generations.hurry(request_id)
        self._pump()

    def status(self) -> PoolStatus:
        """Return the pool's state."""
        return pool_status(self._roster, len(self._scheduler.waiting))

    async def close(self) -> None:
        """End all workers within a second; what still runs fails."""
        self._closed = True
        self._went_on.cancel()
        self._idle.cancel()
        self._leaving.cancel()
        self._generations.end_all(NoProvider("the server is stopping"))
        await self._roster.stop()

    # --- from the workers --------------------------------------------------------------------------------------------

    def on_progress(self, client: WorkerClient) -> None:
        """A worker is loading or has become ready."""
        if client.state is State.READY and not self._closed:
            self._roster.warm()
            self._pump()
        self._changed()

    def on_frame(self, client: WorkerClient, frame: Started | Piece | Done | Failed) -> None:
        """The running request has news."""
        if isinstance(frame, (Started, Piece)):
            self._generations.on_news(frame)
            return
        slot = self._roster.of(client)
        self._scheduler.finish(slot.index)
        if isinstance(frame, Done):
            slot.proved()
        self._generations.on_end(frame)
        self._pump()
        self._went_on()

    def on_death(self, client: WorkerClient, cause: WorkerDied) -> None:
        """A worker is gone: its request fails, the slot restarts or rests, the next slot takes over."""
        log.warning("%s", cause)
        slot = self._roster.of(client)
        generation = self._generations.running_on(slot.index)
        in_service = self._scheduler.finish(slot.index) is not None
        slot.died(cause, in_service=in_service, spare=self._roster.has_spare(slot))
        if slot in self._roster.leaving:
            self._roster.retire(slot)
        if generation is not None:
            if not generation.yielding:
                self._deadly.note(generation.digest)
            self._generations.end(generation.ticket.id, cause)
        for urgency in LANES:
            self._succeed(slot, urgency, cause)
        self._pump()
        self._changed()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _succeed(self, slot: Slot, lane: Urgency, cause: WorkerDied) -> None:
        """Have the next slot take over from one whose worker died, or fail those for whom there is none."""
        successor = self._roster.chosen(lane)
        hopeless = successor is None or (successor is slot and isinstance(cause, LoadFailed))
        if hopeless and self._roster.serving(lane) is None:
            # Whoever waits would wait for a start that has just come to nothing: an answer now beats one later.
            affected = [urgency for urgency in Urgency if lane_of(urgency) is lane]
            self._generations.end_waiting(affected, type(cause)(reasons(self._roster.slots)))
        if successor is not None and successor is not slot:
            self._roster.start(lane)

    def _pump(self) -> None:
        """Give the best loaded workers something to do, and make them yield to what is more urgent."""
        serves = {slot.index: self._roster.served_by(slot) for slot in self._roster.slots if slot.loaded}
        loaded = [slot for slot in (*self._roster.slots, *self._roster.leaving) if slot.loaded]
        own = {slot.index: self._generations.begun(slot.order.model) for slot in loaded}
        others = {index: set().union(*own.values()) - mine for index, mine in own.items()}
        for slot in loaded:
            index, urgencies = slot.index, serves.get(slot.index, ())
            while slot.idle and (
                ticket := self._scheduler.next_for(index, urgencies, own=own[index], others=others[index])
            ):
                self._dispatch(slot, self._generations[ticket.id])
        for index in self._scheduler.should_yield(serves, others):
            self._generations.make_room(index)
        self._roster.retire_idle(self._needed)

    def _needed(self, slot: Slot) -> bool:
        """Whether an answer that this slot's model has begun waits to be gone on with."""
        return bool(self._generations.begun(slot.order.model))

    def _dispatch(self, slot: Slot, generation: Generation) -> None:
        client = slot.client
        if client is None:
            raise AssertionError("unreachable")
        try:
            request = generation.request(slot.order.model)
            self._deadly.check(generation.digest)
        except ProviderError as exc:
            self._scheduler.finish(slot.index)
            self._generations.end(generation.ticket.id, exc)
            return
        generation.stream.profile, generation.stream.model = client.profile, slot.order.model
        client.run(request)
        self._went_on()

    def _stop_running(self, worker: int, request_id: int) -> None:
        if client := self._roster.numbered(worker).client:
            client.cancel(request_id)

    def _unload(self) -> None:
        if self._generations:
            self._idle.touch()
            return
        for slot in (*self._roster.slots, *self._roster.leaving):
            # A cancelled request may still be on its way out.
            self._scheduler.finish(slot.index)
        self._roster.rest()

    def _end_leaving(self) -> None:
        for slot in list(self._roster.leaving):
            generation = self._generations.running_on(slot.index)
            self._scheduler.finish(slot.index)
            if generation is not None:
                why = "the model was changed while it wrote this; ask again"
                self._generations.end(generation.ticket.id, GenerationFailed(why))
            self._roster.retire(slot)
        # What such a model has begun and not gone on with is told so.
        self._pump()
