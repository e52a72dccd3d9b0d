"""The pool at one moment, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from phi_providers.messages import Load, ModelProfile
from phi_providers.roster import LANES, Roster
from phi_providers.slot import Slot
from phi_providers.tally import Tally
from phi_providers.worker_client import WorkerClient
from phi_providers.worker_state import State


@dataclass(frozen=True, kw_only=True)
class WorkerStatus:
    """One worker, as the status shows it."""

    engine: str
    device: str
    model: str
    pid: int | None
    state: str
    stage: str
    order: Load
    profile: ModelProfile | None = None
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A place in the pool that has failed and rests, or is tried again but has answered nothing yet."""

    engine: str
    device: str
    model: str
    cause: str
    rest_s: float
    """How long it rests; the first request after that tries it again."""
    served: bool
    """Whether it ever had its model loaded; false: the device may simply not be there."""


@dataclass(frozen=True, kw_only=True)
class PoolStatus:
    """The pool at one moment."""

    queue: int
    busy: bool
    workers: tuple[WorkerStatus, ...]
    trouble: str = ""
    """Why nothing can be answered now, or why a fallback answers; empty when all is well."""
    lost: str = ""
    """Why workers ended in whose place others are being started, or have answered nothing yet."""
    given_up: tuple[GivenUp, ...] = ()
    """Places that another one answers for; each stays here until it has answered again itself."""


def pool_status(roster: Roster, queue: int) -> PoolStatus:
    """Return the state of all workers, and why better places than those that serve cannot answer."""
    workers = tuple(worker_status(slot.client) for slot in (*roster.slots, *roster.leaving) if slot.client is not None)
    better = [slot for lane in _before_serving(roster) for slot in lane]
    passed = [slot for slot in roster.slots if slot.open or slot in better]
    hopeless = not any(roster.chosen(urgency) for urgency in LANES)
    return PoolStatus(
        queue=queue,
        busy=any(worker.state != State.READY.value for worker in workers),
        workers=workers,
        trouble=reasons(roster.slots) if hopeless else "; ".join(str(slot.cause) for slot in passed if slot.cause),
        lost="; ".join(str(slot.lost) for slot in roster.slots if slot.lost and slot not in passed),
        given_up=given_up(roster.slots),
    )


def _before_serving(roster: Roster) -> Iterator[list[Slot]]:
    for urgency in LANES:
        lane, serving = roster.lane(urgency), roster.serving(urgency)
        yield lane[: lane.index(serving)] if serving else []


def worker_status(client: WorkerClient) -> WorkerStatus:
    """Return one worker's status."""
    return WorkerStatus(
        engine=client.order.engine,
        device=client.profile.device if client.profile else client.order.device,
        model=client.order.model.id,
        pid=client.pid,
        state=client.state.value,
        stage=client.stage if client.state in (State.STARTING, State.LOADING) else "",
        order=client.order,
        profile=client.profile,
        tally=client.tally,
    )


def given_up(slots: Iterable[Slot]) -> tuple[GivenUp, ...]:
    """Return the places that have been given up and have not answered since."""
    return tuple(
        GivenUp(
            engine=slot.order.engine,
            device=slot.order.device,
            model=slot.order.model.id,
            cause=str(slot.given_up),
            rest_s=slot.rest_s,
            served=slot.served,
        )
        for slot in slots
        if slot.given_up is not None
    )


def reasons(slots: Iterable[Slot]) -> str:
    """Return why each place failed last, in order of preference; each is named if there are several."""
    failed = [slot for slot in slots if slot.cause is not None]
    if len(failed) == 1:
        return str(failed[0].cause)
    return "; ".join(dict.fromkeys(_named(slot) for slot in failed))


def _named(slot: Slot) -> str:
    # Some causes name the place themselves.
    return str(slot.cause) if slot.where in str(slot.cause) else f"{slot.where}: {slot.cause}"
