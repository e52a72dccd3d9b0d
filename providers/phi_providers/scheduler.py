"""Who is next, who is superseded, who yields: a queue of plain values, without I/O, clock or asyncio."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from phi_providers.errors import QueueFull
from phi_providers.messages import Urgency

CAPACITY = 256
"""Waiting requests. One editor has at most a handful; beyond this the client is in a loop."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A request's place in the queue."""

    id: int
    urgency: Urgency
    replaces: str | None = None
    """A newer ticket of the same urgency and key supersedes this one (one suggestion per document)."""
    lane: Urgency | None = None
    """The urgency whose worker has to take it, where that is not its own: work done ahead of time is of use only to the
    engine that will be asked."""

    @property
    def served_as(self) -> Urgency:
        """The urgency that a worker must serve to take it."""
        return self.urgency if self.lane is None else self.lane


class Scheduler:
    """Tickets wait, run on a worker (named by an int), and leave; at most one runs on each worker."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._waiting: dict[int, Ticket] = {}
        self._running: dict[int, Ticket] = {}

    @property
    def waiting(self) -> tuple[Ticket, ...]:
        """Tickets not yet on a worker, in order of arrival."""
        return tuple(self._waiting.values())

    def running_on(self, worker: int) -> Ticket | None:
        """Return the ticket that runs on this worker."""
        return self._running.get(worker)

    def worker_of(self, ticket_id: int) -> int | None:
        """Return the worker on which this ticket runs."""
        return next((worker for worker, ticket in self._running.items() if ticket.id == ticket_id), None)

    def add(self, ticket: Ticket) -> tuple[Ticket, ...]:
        """Queue a ticket and return those it supersedes: the waiting ones are out already, a running one still runs.

        Raises QueueFull, in which case nothing has changed.
        """
        superseded = self._same_key(ticket)
        waiting = [old for old in superseded if old.id in self._waiting]
        if len(self._waiting) - len(waiting) >= self._capacity:
            raise QueueFull(f"{self._capacity} requests are waiting already; this one was not taken")
        for old in waiting:
            self.drop(old.id)
        self._waiting[ticket.id] = ticket
        return tuple(superseded)

    def drop(self, ticket_id: int) -> bool:
        """Take a waiting ticket out; False when it is not waiting (it runs, or has ended)."""
        return self._waiting.pop(ticket_id, None) is not None

    def next_for(
        self,
        worker: int,
        serves: Collection[Urgency] = tuple(Urgency),
        *,
        own: Collection[int] = (),
        others: Collection[int] = (),
    ) -> Ticket | None:
        """Move the most urgent of the waiting tickets that a worker serves onto it, if it is idle.

        `own`: tickets, by their ids, that it takes whatever their urgency; `others`: those that it leaves to another.
        """
        fitting = [
            ticket
            for ticket in self._waiting.values()
            if ticket.id in own or (ticket.served_as in serves and ticket.id not in others)
        ]
        if worker in self._running or not fitting:
            return None
        ticket = min(fitting, key=self._rank)
        self.drop(ticket.id)
        self._running[worker] = ticket
        return ticket

    def finish(self, worker: int) -> Ticket | None:
        """The worker is idle (or gone); return the ticket it ran."""
        return self._running.pop(worker, None)

    def requeue(self, ticket: Ticket) -> None:
        """Put a ticket that yielded back, in front of its equals."""
        self._waiting[ticket.id] = ticket

    def hurry(self, ticket_id: int) -> Ticket | None:
        """Somebody waits now for what was done ahead of time: it gets the urgency of its lane, wherever it is.

        Returns the ticket as it is from now on; None if it is not here any more.
        """
        for tickets in (self._waiting, self._running):
            for key, ticket in tickets.items():
                if ticket.id == ticket_id:
                    tickets[key] = hurried = replace(ticket, urgency=ticket.served_as)
                    return hurried
        return None

    def should_yield(
        self, serves: Mapping[int, Collection[Urgency]], leaves: Mapping[int, Collection[int]] = MappingProxyType({})
    ) -> tuple[int, ...]:
        """Return the workers whose ticket must make room for a more urgent one that no idle worker took.

        `serves`: the urgencies of the tickets that each worker takes; `leaves`: the ids of those it leaves to others.
        The least urgent running ticket yields first, and no more of them than there are more urgent ones waiting.
        """
        by_least_urgent = sorted(self._running.items(), key=lambda item: -item[1].urgency)
        yielding: list[int] = []
        for urgent in sorted(self._waiting.values(), key=lambda ticket: ticket.urgency):
            for worker, ticket in by_least_urgent:
                takes = urgent.served_as in serves.get(worker, ()) and urgent.id not in leaves.get(worker, ())
                if worker not in yielding and urgent.urgency < ticket.urgency and takes:
                    yielding.append(worker)
                    break
        return tuple(yielding)

    def _same_key(self, ticket: Ticket) -> list[Ticket]:
        if ticket.replaces is None:
            return []
        return [
            old
            for old in (*self._waiting.values(), *self._running.values())
            if old.replaces == ticket.replaces and old.urgency == ticket.urgency
        ]

    def _rank(self, ticket: Ticket) -> tuple[int, int]:
        # A person types in one place: among suggestions the newest is the one that is looked at. The rest is in order
        # of arrival, so that a ticket that yielded, having been first once, is first again.
        return (ticket.urgency, -ticket.id if ticket.urgency is Urgency.TYPING else ticket.id)
