"""asyncio glue: scheduler + workers → streams of text; failover, restart, circuit breaker, unloading when idle."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from phi_providers.deadly_prompts import DeadlyPrompts
from phi_providers.errors import GenerationFailed, LoadFailed, NoProvider, ProviderError, Superseded, WorkerDied
from phi_providers.generation import Generation
from phi_providers.idle_timer import IdleTimer
from phi_providers.job import Job
from phi_providers.limits import DEFAULT_LIMITS, Limits
from phi_providers.messages import Done, Failed, Load, ModelInfo, ModelProfile, Piece, Request, Started, Usage
from phi_providers.once_per_turn import OncePerTurn
from phi_providers.pool_status import GivenUp, PoolStatus, WorkerStatus
from phi_providers.roster import Roster
from phi_providers.scheduler import Scheduler, Ticket
from phi_providers.slot import Slot
from phi_providers.stream import Stream
from phi_providers.worker_client import WorkerClient
from phi_providers.worker_state import State

__all__ = ["GivenUp", "Job", "Limits", "Pool", "PoolStatus", "Stream", "WorkerStatus"]

log = logging.getLogger(__name__)


class Pool:
    """Workers in order of preference; the first whose circuit is closed answers everything.

    Belongs to one event loop, whose thread must be the process's main thread. Nothing is started before `start`.
    """

    def __init__(
        self,
        plan: Sequence[Load],
        home: Path,
        on_change: Callable[[], None] = lambda: None,
        idle_unload_s: float = 0.0,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._changed = OncePerTurn(on_change)
        self._roster = Roster(plan, home, self, limits, self._changed)
        self._scheduler = Scheduler()
        self._generations: dict[int, Generation] = {}
        self._ids = itertools.count(1)
        self._deadly = DeadlyPrompts()
        self._idle = IdleTimer(idle_unload_s, self._unload)
        self._closed = False

    # --- for callers -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the preferred worker, so that it is warm before the first request."""
        if slot := self._roster.chosen:
            slot.start()
            self._idle.touch()
            self._changed()

    @property
    def model(self) -> ModelInfo | None:
        """The model that would answer now; None when none can."""
        slot = self._roster.answering
        return slot.order.model if slot else None

    @property
    def profile(self) -> ModelProfile | None:
        """What loading found out about that model; None until it is loaded."""
        slot = self._roster.answering
        return slot.client.profile if slot and slot.client else None

    def submit(self, job: Job) -> Stream:
        """Queue a job; raises NoProvider or QueueFull at once."""
        slot = self._roster.chosen
        if slot is None or self._closed:
            raise NoProvider(self.status().trouble or "no engine is set up; run `phi-ls doctor`")
        ticket = Ticket(id=next(self._ids), urgency=job.urgency, replaces=job.replaces)
        superseded = self._scheduler.add(ticket)
        stream = Stream(ticket.id, self.cancel, self.finish)
        self._generations[ticket.id] = Generation(job=job, stream=stream, ticket=ticket)
        for old in superseded:
            self._end(old.id, Superseded("a newer request took this one's place"))
        slot.start()
        self._idle.touch()
        self._pump()
        return stream

    def cancel(self, request_id: int) -> None:
        """Nobody wants this request any more; only this one is affected."""
        self._end(request_id, GenerationFailed("cancelled"))

    def finish(self, request_id: int) -> None:
        """Enough has been written for this request: its stream ends with what it cost."""
        generation = self._generations.get(request_id)
        if generation is None:
            return
        worker = self._scheduler.worker_of(request_id)
        if worker is None:
            self._end(request_id, generation.usage(Usage(finish_reason="cancelled")))
        else:
            generation.finishing = True
            self._stop_running(worker, request_id)

    def status(self) -> PoolStatus:
        """Return the pool's state."""
        return self._roster.status(len(self._scheduler.waiting))

    async def close(self) -> None:
        """End all workers within a second; what still runs fails."""
        self._closed = True
        self._idle.cancel()
        for request_id in list(self._generations):
            self._end(request_id, NoProvider("the server is stopping"))
        await self._roster.stop()

    # --- from the workers --------------------------------------------------------------------------------------------

    def on_progress(self, client: WorkerClient) -> None:
        """A worker is loading or has become ready."""
        if client.state is State.READY:
            self._pump()
        self._changed()

    def on_frame(self, client: WorkerClient, frame: Started | Piece | Done | Failed) -> None:
        """The running request has news."""
        generation = self._generations.get(frame.id)
        if isinstance(frame, (Done, Failed)):
            slot = self._roster.of(client)
            self._scheduler.finish(slot.index)
            if isinstance(frame, Done):
                slot.proved()
            if generation is not None:
                self._ended(generation, frame)
            self._pump()
            self._changed()
        elif generation is not None and isinstance(frame, Started):
            # A generation that yielded starts again, its prompt cut as before: the first report stands.
            generation.stream.started = generation.stream.started or frame
        elif generation is not None and isinstance(frame, Piece):
            generation.emitted += frame.token_ids
            if frame.text or frame.token_ids:
                generation.stream.put(frame)

    def on_death(self, client: WorkerClient, cause: WorkerDied) -> None:
        """A worker is gone: its request fails, the slot restarts or rests, the next slot takes over."""
        log.warning("%s", cause)
        slot = self._roster.of(client)
        ticket = self._scheduler.finish(slot.index)
        generation = self._generations.get(ticket.id) if ticket else None
        slot.died(cause, in_service=ticket is not None, spare=self._roster.has_spare(slot))
        if generation is not None:
            if not generation.yielding:
                self._deadly.note(generation.digest)
            self._end(generation.ticket.id, cause)
        successor = self._roster.chosen
        hopeless = successor is None or (successor is slot and isinstance(cause, LoadFailed))
        if hopeless and self._roster.serving is None:
            # Whoever waits would wait for a start that has just come to nothing: an answer now beats one later.
            outcome = type(cause)(self._roster.reasons)
            for waiting in self._scheduler.waiting:
                self._end(waiting.id, outcome)
        if successor is not None and successor is not slot:
            successor.start()
        self._pump()
        self._changed()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Give the best loaded worker something to do, and make it yield to what is more urgent."""
        serving = self._roster.serving
        if serving is None:
            return
        while serving.idle and (ticket := self._scheduler.next_for(serving.index)):
            self._dispatch(serving, self._generations[ticket.id])
        for index in self._scheduler.should_yield():
            ticket = self._scheduler.running_on(index)
            generation = self._generations.get(ticket.id) if ticket else None
            if generation is not None and not generation.yielding:
                generation.yielding = True
                self._stop_running(index, generation.ticket.id)
        for slot in self._roster.stand_ins:
            # The preferred one is back; two models may not fit for long.
            self._roster.retire(slot)

    def _dispatch(self, slot: Slot, generation: Generation) -> None:
        client = slot.client
        if client is None:
            raise AssertionError("unreachable")
        try:
            request = self._request(generation, slot.order.model)
        except ProviderError as exc:
            self._scheduler.finish(slot.index)
            self._end(generation.ticket.id, exc)
            return
        generation.stream.profile = client.profile
        client.run(request)
        self._changed()

    def _request(self, generation: Generation, model: ModelInfo) -> Request:
        try:
            request = generation.request(model)
        except ProviderError:
            raise
        except Exception as exc:
            # The prompt's builder is the caller's code, run in the worker's turn: its error is this request's alone.
            log.error("a prompt could not be built: %s", type(exc).__name__)  # its text may be source
            raise GenerationFailed(f"the prompt could not be built: {type(exc).__name__}") from exc
        self._deadly.check(generation.digest)
        return request

    def _ended(self, generation: Generation, frame: Done | Failed) -> None:
        if isinstance(frame, Failed):
            self._end(frame.id, GenerationFailed(frame.message))
            return
        stopped_to_yield = generation.yielding and frame.usage.finish_reason == "cancelled"
        if stopped_to_yield and not generation.finishing and not generation.spent:
            generation.yielded(frame.usage)
            self._scheduler.requeue(generation.ticket)
        else:
            self._end(frame.id, generation.usage(frame.usage))

    def _end(self, request_id: int, outcome: Usage | ProviderError) -> None:
        """The one way out for a job: its stream ends, a waiting ticket leaves, a running one is cancelled."""
        generation = self._generations.pop(request_id, None)
        if generation is None:
            return
        generation.stream.end(outcome)
        worker = self._scheduler.worker_of(request_id)
        if not self._scheduler.drop(request_id) and worker is not None:
            self._stop_running(worker, request_id)

    def _stop_running(self, worker: int, request_id: int) -> None:
        if client := self._roster.slots[worker].client:
            client.cancel(request_id)

    def _unload(self) -> None:
        if self._generations:
            self._idle.touch()
            return
        for slot in self._roster.slots:
            # A cancelled request may still be on its way out.
            self._scheduler.finish(slot.index)
            self._roster.retire(slot)
