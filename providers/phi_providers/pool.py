"""asyncio glue: scheduler + workers → streams of text; failover, restart, circuit breaker, unloading when idle."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from phi_providers.errors import (
    GenerationFailed,
    LoadFailed,
    NoProvider,
    PromptRefused,
    ProviderError,
    Superseded,
    WorkerDied,
)
from phi_providers.job import Job
from phi_providers.messages import Done, Failed, Load, ModelInfo, ModelProfile, Piece, Request, Started, Usage
from phi_providers.pool_status import PoolStatus, WorkerStatus, worker_status
from phi_providers.scheduler import Scheduler, Ticket
from phi_providers.slot import IdleTimer, Slot
from phi_providers.stream import Stream
from phi_providers.worker_client import State, WorkerClient

__all__ = ["Job", "Pool", "PoolStatus", "Stream", "WorkerStatus"]

log = logging.getLogger(__name__)

CANCEL_GRACE_S = 1.0
"""A worker deaf to a cancel for so long is killed; a chunk of prefill takes a quarter of that."""

DEADLY_AFTER = 2
"""Deaths with the same prompt before it is refused for the rest of the session."""


@dataclass(kw_only=True)
class _Running:
    """A job on its way: its stream and what it has emitted so far."""

    job: Job
    stream: Stream
    ticket: Ticket
    digest: bytes = b""
    emitted: list[int] = field(default_factory=list)
    yielding: bool = False
    finishing: bool = False


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
    ) -> None:
        self._slots = [Slot(index, order, home, self) for index, order in enumerate(plan)]
        self._on_change = on_change
        self._scheduler = Scheduler()
        self._jobs: dict[int, _Running] = {}
        self._ids = itertools.count(1)
        self._deaths: Counter[bytes] = Counter()
        self._idle = IdleTimer(idle_unload_s, self._unload)
        self._unloading: set[asyncio.Task[None]] = set()
        self._closed = False

    # --- for callers -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the preferred worker, so that it is warm before the first request."""
        if slot := self._chosen():
            slot.start()
            self._idle.touch()
            self._on_change()

    @property
    def model(self) -> ModelInfo | None:
        """The model that would answer now; None when none can."""
        slot = self._chosen()
        return slot.order.model if slot else None

    @property
    def profile(self) -> ModelProfile | None:
        """What loading found out about that model; None until it is loaded."""
        slot = self._chosen()
        return slot.client.profile if slot and slot.client else None

    def submit(self, job: Job) -> Stream:
        """Queue a job; raises NoProvider or QueueFull at once."""
        slot = self._chosen()
        if slot is None or self._closed:
            raise NoProvider(self.status().trouble or "no engine is set up; run `phi-ls doctor`")
        ticket = Ticket(id=next(self._ids), urgency=job.urgency, replaces=job.replaces)
        superseded = self._scheduler.add(ticket)
        stream = Stream(ticket.id, self.cancel, self.finish)
        self._jobs[ticket.id] = _Running(job=job, stream=stream, ticket=ticket)
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
        worker = self._scheduler.worker_of(request_id)
        if worker is None:
            self._end(request_id, Usage(finish_reason="cancelled"))
        elif entry := self._jobs.get(request_id):
            entry.finishing = True
            self._stop_running(self._slots[worker], request_id)

    def status(self) -> PoolStatus:
        """Return the pool's state."""
        workers = tuple(worker_status(slot.client) for slot in self._slots if slot.client is not None)
        trouble = "; ".join(str(slot.cause) for slot in self._slots if slot.cause and slot.open)
        busy = any(worker.state != State.READY.value for worker in workers)
        return PoolStatus(queue=len(self._scheduler.waiting), busy=busy, workers=workers, trouble=trouble)

    async def close(self) -> None:
        """End all workers within a second; what still runs fails."""
        self._closed = True
        self._idle.cancel()
        for request_id in list(self._jobs):
            self._end(request_id, NoProvider("the server is stopping"))
        await asyncio.gather(*(slot.stop() for slot in self._slots), *self._unloading)

    # --- from the workers --------------------------------------------------------------------------------------------

    def on_progress(self, client: WorkerClient) -> None:
        """A worker is loading or has become ready."""
        if client.state is State.READY:
            self._pump()
        self._on_change()

    def on_frame(self, client: WorkerClient, frame: Started | Piece | Done | Failed) -> None:
        """The running request has news."""
        entry = self._jobs.get(frame.id)
        if isinstance(frame, (Done, Failed)):
            slot = self._slot_of(client)
            self._scheduler.finish(slot.index)
            if isinstance(frame, Done):
                slot.proved()
            if entry is not None:
                self._ended(entry, frame)
            self._pump()
            self._on_change()
        elif entry is not None and isinstance(frame, Started):
            # A generation that yielded starts again, its prompt cut as before: the first report stands.
            entry.stream.started = entry.stream.started or frame
        elif entry is not None and isinstance(frame, Piece):
            entry.emitted += frame.token_ids
            if frame.text or frame.token_ids:
                entry.stream.put(frame)

    def on_death(self, client: WorkerClient, cause: WorkerDied) -> None:
        """A worker is gone: its request fails, the slot restarts or rests, the next slot takes over."""
        log.warning("%s", cause)
        slot = self._slot_of(client)
        ticket = self._scheduler.finish(slot.index)
        entry = self._jobs.get(ticket.id) if ticket else None
        slot.died(cause, in_service=ticket is not None or isinstance(cause, LoadFailed))
        if entry is not None:
            self._deaths[entry.digest] += 1
            self._end(entry.ticket.id, cause)
        successor = self._chosen()
        if successor is None or (successor is slot and isinstance(cause, LoadFailed)):
            # Whoever waits would wait for a start that has just come to nothing: an answer now beats one later.
            for waiting in self._scheduler.waiting:
                self._end(waiting.id, cause)
        if successor is not None and successor is not slot:
            successor.start()
        self._pump()
        self._on_change()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _chosen(self) -> Slot | None:
        return next((slot for slot in self._slots if not slot.open), None)

    def _slot_of(self, client: WorkerClient) -> Slot:
        return next(slot for slot in self._slots if slot.client is client)

    def _pump(self) -> None:
        """Give idle workers something to do, and make others yield to what is more urgent."""
        for slot in self._slots:
            while slot.idle and (ticket := self._scheduler.next_for(slot.index)):
                self._dispatch(slot, self._jobs[ticket.id])
        for index in self._scheduler.should_yield():
            ticket = self._scheduler.running_on(index)
            entry = self._jobs.get(ticket.id) if ticket else None
            if entry is not None and not entry.yielding:
                entry.yielding = True
                self._stop_running(self._slots[index], entry.ticket.id)

    def _dispatch(self, slot: Slot, entry: _Running) -> None:
        client = slot.client
        if client is None:
            raise AssertionError("unreachable")
        try:
            request = self._request(entry, slot.order.model)
        except ProviderError as exc:
            self._scheduler.finish(slot.index)
            self._end(entry.ticket.id, exc)
            return
        entry.stream.profile = client.profile
        client.run(request)

    def _request(self, entry: _Running, model: ModelInfo) -> Request:
        parts = entry.job.parts(model)
        entry.digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()
        if self._deaths[entry.digest] >= DEADLY_AFTER:
            raise PromptRefused(f"this prompt ended {DEADLY_AFTER} workers and is not tried again in this session")
        resume = tuple(entry.emitted)
        return Request(
            id=entry.ticket.id,
            parts=parts,
            max_new_tokens=max(entry.job.max_new_tokens - len(resume), 0),
            heal=entry.job.heal,
            resume_ids=resume,
        )

    def _ended(self, entry: _Running, frame: Done | Failed) -> None:
        if isinstance(frame, Failed):
            self._end(frame.id, GenerationFailed(frame.message))
        elif entry.yielding and not entry.finishing and frame.usage.finish_reason == "cancelled":
            entry.yielding = False
            self._scheduler.requeue(entry.ticket)
        else:
            usage = dataclasses.replace(frame.usage, new_tokens=len(entry.emitted) or frame.usage.new_tokens)
            self._end(frame.id, usage)

    def _end(self, request_id: int, outcome: Usage | ProviderError) -> None:
        """The one way out for a job: its stream ends, a waiting ticket leaves, a running one is cancelled."""
        entry = self._jobs.pop(request_id, None)
        if entry is None:
            return
        entry.stream.end(outcome)
        worker = self._scheduler.worker_of(request_id)
        if not self._scheduler.drop(request_id) and worker is not None:
            self._stop_running(self._slots[worker], request_id)

    def _stop_running(self, slot: Slot, request_id: int) -> None:
        client = slot.client
        if client is None or client.running is None or client.running.id != request_id:
            return
        client.cancel(request_id)
        asyncio.get_running_loop().call_later(CANCEL_GRACE_S, self._kill_if_deaf, client, request_id)

    def _kill_if_deaf(self, client: WorkerClient, request_id: int) -> None:
        if client.running is not None and client.running.id == request_id:
            log.warning("a worker did not stop a cancelled request within %.0f s and is ended", CANCEL_GRACE_S)
            client.kill()

    def _unload(self) -> None:
        if self._jobs:
            self._idle.touch()
            return
        for slot in self._slots:
            task = asyncio.get_running_loop().create_task(slot.stop())
            self._unloading.add(task)
            task.add_done_callback(self._unloaded)

    def _unloaded(self, task: asyncio.Task[None]) -> None:
        self._unloading.discard(task)
        self._on_change()
