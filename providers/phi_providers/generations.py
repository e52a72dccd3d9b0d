"""All generations that wait or run: taken in, fed with what workers send, put back when they yield, and ended."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from phi_providers.errors import GenerationFailed, ProviderError, Superseded
from phi_providers.generation import Generation
from phi_providers.job import Job
from phi_providers.messages import Done, Failed, ModelInfo, Piece, Started, Urgency, Usage
from phi_providers.scheduler import Scheduler, Ticket
from phi_providers.stream import Stream


class Generations:
    """Knows each by its request's id. `stop` has a worker, by its number, stop a request that it runs."""

    def __init__(self, scheduler: Scheduler, stop: Callable[[int, int], None]) -> None:
        self._scheduler = scheduler
        self._stop = stop
        self._all: dict[int, Generation] = {}
        self._ids = itertools.count(1)

    def __bool__(self) -> bool:
        return bool(self._all)

    def __getitem__(self, request_id: int) -> Generation:
        return self._all[request_id]

    def running_on(self, worker: int) -> Generation | None:
        """Return what a worker does that somebody still wants."""
        ticket = self._scheduler.running_on(worker)
        return self._all.get(ticket.id) if ticket else None

    def begun(self, model: ModelInfo) -> set[int]:
        """Return those that wait with a part of their answer written by this model: no other can go on with it."""
        waiting = (self._all.get(ticket.id) for ticket in self._scheduler.waiting)
        return {each.ticket.id for each in waiting if each is not None and each.emitted and each.model == model}

    def add(self, job: Job) -> Stream:
        """Queue a job, in place of those it supersedes; raises QueueFull."""
        ticket = Ticket(id=next(self._ids), urgency=job.urgency, replaces=job.replaces, lane=job.prepares)
        superseded = self._scheduler.add(ticket)
        stream = Stream(ticket.id, self.cancel, self.finish)
        self._all[ticket.id] = Generation(job=job, stream=stream, ticket=ticket)
        for old in superseded:
            self.end(old.id, Superseded("a newer request took this one's place"))
        return stream

    def cancel(self, request_id: int) -> None:
        """Nobody wants this request any more; only this one is affected."""
        self.end(request_id, GenerationFailed("cancelled"))

    def finish(self, request_id: int) -> None:
        """Enough has been written for this request: its stream ends with what it cost."""
        generation = self._all.get(request_id)
        if generation is None:
            return
        worker = self._scheduler.worker_of(request_id)
        if worker is None:
            self.end(request_id, generation.usage(Usage(finish_reason="cancelled")))
        else:
            generation.finishing = True
            self._stop(worker, request_id)

    def hurry(self, request_id: int) -> None:
        """Somebody waits now for what was done ahead of time."""
        generation, ticket = self._all.get(request_id), self._scheduler.hurry(request_id)
        if generation is not None and ticket is not None:
            generation.ticket = ticket

    def make_room(self, worker: int) -> None:
        """Have what runs on a worker yield to something more urgent."""
        generation = self.running_on(worker)
        if generation is not None and not generation.yielding:
            generation.yielding = True
            self._stop(worker, generation.ticket.id)

    def on_news(self, frame: Started | Piece) -> None:
        """A running request has begun, or written something."""
        generation = self._all.get(frame.id)
        if generation is None:
            return
        if isinstance(frame, Started):
            # A generation that yielded starts again, its prompt cut as before: the first report stands.
            generation.stream.started = generation.stream.started or frame
            return
        generation.emitted += frame.token_ids
        if frame.text or frame.token_ids:
            generation.stream.put(frame)

    def on_end(self, frame: Done | Failed) -> None:
        """A worker is done with a request: it has ended, or goes back into the queue because it yielded."""
        generation = self._all.get(frame.id)
        if generation is None:
            return
        if isinstance(frame, Failed):
            self.end(frame.id, GenerationFailed(frame.message))
            return
        stopped_to_yield = generation.yielding and frame.usage.finish_reason == "cancelled"
        if stopped_to_yield and generation.gives_up:
            self.end(frame.id, Superseded("it was done ahead of time, and somebody waited for something else"))
        elif stopped_to_yield and not generation.finishing and not generation.spent:
            generation.yielded(frame.usage)
            self._scheduler.requeue(generation.ticket)
        else:
            self.end(frame.id, generation.usage(frame.usage))

    def end(self, request_id: int, outcome: Usage | ProviderError) -> None:
        """The one way out: the stream ends, a waiting ticket leaves, a running one is cancelled."""
        generation = self._all.pop(request_id, None)
        if generation is None:
            return
        generation.stream.end(outcome)
        worker = self._scheduler.worker_of(request_id)
        if not self._scheduler.drop(request_id) and worker is not None:
            self._stop(worker, request_id)

    def end_waiting(self, urgencies: list[Urgency], outcome: ProviderError) -> None:
        """End those that no worker has taken and only one for these urgencies may take."""
        for ticket in self._scheduler.waiting:
            if ticket.served_as in urgencies:
                self.end(ticket.id, outcome)

    def end_all(self, outcome: ProviderError) -> None:
        """End everything."""
        for request_id in list(self._all):
            self.end(request_id, outcome)
