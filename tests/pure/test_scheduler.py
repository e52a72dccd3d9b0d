"""The queue: who is next, who is superseded, who yields."""

from __future__ import annotations

import itertools
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from phi_providers.errors import QueueFull
from phi_providers.messages import Urgency
from phi_providers.scheduler import Scheduler, Ticket

TYPING, ASKED, LOOKING, AHEAD = Urgency
ALL = tuple(Urgency)


def ticket(number: int, urgency: Urgency = ASKED, replaces: str | None = None, lane: Urgency | None = None) -> Ticket:
    return Ticket(id=number, urgency=urgency, replaces=replaces, lane=lane)


def queue(*tickets: Ticket, capacity: int = 256) -> Scheduler:
    scheduler = Scheduler(capacity)
    for each in tickets:
        scheduler.add(each)
    return scheduler


def order_of_service(scheduler: Scheduler) -> list[int]:
    served = []
    while following := scheduler.next_for(0):
        served.append(following.id)
        scheduler.finish(0)
    return served


def test_more_urgent_tickets_go_first() -> None:
    """A worker takes tickets by who waits, not by who came first."""
    scheduler = queue(ticket(1, AHEAD), ticket(2, LOOKING), ticket(3, ASKED), ticket(4, TYPING))
    assert [4, 3, 2, 1] == order_of_service(scheduler)


def test_equals_go_in_order_of_arrival_but_typing_goes_newest_first() -> None:
    """Explanations are answered in turn, suggestions where the person is now."""
    assert [1, 2, 3] == order_of_service(queue(*(ticket(n, ASKED) for n in (1, 2, 3))))
    assert [3, 2, 1] == order_of_service(queue(*(ticket(n, TYPING) for n in (1, 2, 3))))


def test_a_worker_runs_one_ticket_at_a_time() -> None:
    """A busy worker is given nothing."""
    scheduler = queue(ticket(1), ticket(2))
    scheduler.next_for(0)
    assert scheduler.next_for(0) is None
    assert (ticket(2),) == scheduler.waiting


def test_two_workers_never_share_a_ticket() -> None:
    """Each worker has a ticket of its own, which can be found by either."""
    scheduler = queue(ticket(1), ticket(2))
    scheduler.next_for(0)
    scheduler.next_for(7)
    assert [(0, ticket(1)), (7, ticket(2))] == [
        (scheduler.worker_of(each.id), each) for each in (scheduler.running_on(0), scheduler.running_on(7)) if each
    ]


def test_a_waiting_ticket_is_superseded_and_gone() -> None:
    """A newer ticket of the same key and urgency takes the place of the one that waits."""
    scheduler = queue(ticket(1, TYPING, "a.py"))
    assert (ticket(1, TYPING, "a.py"),) == scheduler.add(ticket(2, TYPING, "a.py"))
    assert (ticket(2, TYPING, "a.py"),) == scheduler.waiting


def test_a_running_ticket_is_superseded_but_runs_until_it_is_finished() -> None:
    """The worker of a superseded ticket is not free before it says so."""
    scheduler = queue(ticket(1, TYPING, "a.py"))
    scheduler.next_for(0)
    assert (ticket(1, TYPING, "a.py"),) == scheduler.add(ticket(2, TYPING, "a.py"))
    assert scheduler.next_for(0) is None


@pytest.mark.parametrize("other", [ticket(2, TYPING, "b.py"), ticket(2, ASKED, "a.py"), ticket(2, TYPING, None)])
def test_other_keys_and_urgencies_are_not_superseded(other: Ticket) -> None:
    """Another document, another kind of request and a request without a key leave a ticket alone."""
    scheduler = queue(ticket(1, TYPING, "a.py"))
    assert () == scheduler.add(other)
    assert 2 == len(scheduler.waiting)


def test_a_full_queue_takes_nothing_and_stays_as_it_is() -> None:
    """QueueFull changes nothing, even for what waited under other keys."""
    scheduler = queue(ticket(1), ticket(2, TYPING, "a.py"), capacity=2)
    with pytest.raises(QueueFull, match="2 requests are waiting"):
        scheduler.add(ticket(3))
    assert (ticket(1), ticket(2, TYPING, "a.py")) == scheduler.waiting


def test_a_full_queue_takes_what_supersedes() -> None:
    """A replacement needs no room of its own."""
    scheduler = queue(ticket(1), ticket(2, TYPING, "a.py"), capacity=2)
    scheduler.add(ticket(3, TYPING, "a.py"))
    assert (ticket(1), ticket(3, TYPING, "a.py")) == scheduler.waiting


def test_a_superseded_running_ticket_makes_no_room_in_a_full_queue() -> None:
    """Only waiting tickets count against the capacity, so only they free it."""
    scheduler = Scheduler(1)
    scheduler.add(ticket(1, TYPING, "a.py"))
    scheduler.next_for(0)
    scheduler.add(ticket(2))
    with pytest.raises(QueueFull):
        scheduler.add(ticket(3, TYPING, "a.py"))


def test_what_yielded_goes_before_its_equals_but_after_the_more_urgent() -> None:
    """A generation put back is the next of its urgency."""
    scheduler = queue(ticket(1), ticket(2))
    first = scheduler.next_for(0)
    assert first is not None
    scheduler.finish(0)
    scheduler.requeue(first)
    scheduler.add(ticket(3, TYPING))
    assert [3, 1, 2] == order_of_service(scheduler)


def test_the_least_urgent_yields_and_no_more_than_needed() -> None:
    """One urgent ticket makes one worker yield, the one whose work can best wait."""
    scheduler = queue(ticket(1, ASKED), ticket(2, AHEAD), ticket(3, LOOKING))
    for worker in range(3):
        scheduler.next_for(worker)
    scheduler.add(ticket(4, TYPING))
    assert [ticket(2, AHEAD)] == [
        scheduler.running_on(worker) for worker in scheduler.should_yield(dict.fromkeys(range(3), ALL))
    ]


def test_equals_do_not_make_each_other_yield() -> None:
    """What runs is not interrupted for what is no more urgent."""
    scheduler = queue(ticket(1, ASKED))
    scheduler.next_for(0)
    scheduler.add(ticket(2, ASKED))
    scheduler.add(ticket(3, AHEAD))
    assert () == scheduler.should_yield({0: ALL})


def test_a_worker_takes_only_what_it_serves() -> None:
    """One that is there for questions leaves a suggestion to another, and yields to none."""
    scheduler = queue(ticket(1, ASKED), ticket(2, TYPING))
    assert ticket(1, ASKED) == scheduler.next_for(1, (ASKED, LOOKING))
    assert () == scheduler.should_yield({0: (TYPING,), 1: (ASKED, LOOKING)})
    assert (1,) == scheduler.should_yield({1: ALL})
    assert ticket(2, TYPING) == scheduler.next_for(0, (TYPING,))


def test_work_ahead_of_time_goes_to_the_worker_it_is_done_for() -> None:
    """What prepares a suggestion is of no use to the one that answers questions, and the other way round."""
    scheduler = queue(ticket(1, AHEAD, lane=ASKED), ticket(2, AHEAD, lane=TYPING), ticket(3, AHEAD))
    assert ticket(2, AHEAD, lane=TYPING) == scheduler.next_for(0, (TYPING,))
    assert ticket(1, AHEAD, lane=ASKED) == scheduler.next_for(1, (ASKED, LOOKING, AHEAD))


def test_work_ahead_of_time_goes_last_whatever_it_is_done_for() -> None:
    """Its lane names a worker; in front of it goes everybody who waits, and makes it yield."""
    scheduler = queue(ticket(1, AHEAD, lane=TYPING), ticket(2, LOOKING))
    assert ticket(2, LOOKING) == scheduler.next_for(0)
    scheduler.finish(0)
    assert ticket(1, AHEAD, lane=TYPING) == scheduler.next_for(0)
    scheduler.add(ticket(3, LOOKING))
    assert (0,) == scheduler.should_yield({0: ALL})


def test_what_is_hurried_goes_as_if_asked_for() -> None:
    """Somebody has come to wait for it: it goes before questions while it waits, and does not yield to them."""
    scheduler = queue(ticket(1, AHEAD, lane=TYPING), ticket(2, ASKED))
    assert ticket(1, TYPING, lane=TYPING) == scheduler.hurry(1)
    assert ticket(1, TYPING, lane=TYPING) == scheduler.next_for(0)
    assert () == scheduler.should_yield({0: ALL})
    assert None is scheduler.hurry(99)


def test_what_runs_can_be_hurried() -> None:
    """It was begun ahead of time, and whoever has come to wait for it is not kept from it."""
    scheduler = queue(ticket(1, AHEAD, lane=TYPING))
    scheduler.next_for(0)
    scheduler.add(ticket(2, ASKED))
    assert (0,) == scheduler.should_yield({0: ALL})
    scheduler.hurry(1)
    assert () == scheduler.should_yield({0: ALL})


def test_dropping_says_whether_the_ticket_waited() -> None:
    """A ticket that runs or is unknown cannot be dropped."""
    scheduler = queue(ticket(1), ticket(2))
    scheduler.next_for(0)
    assert [False, True, False, False] == [scheduler.drop(number) for number in (1, 2, 2, 99)]


class AnyHistory(RuleBasedStateMachine):
    """Tickets come, run, yield, are dropped and finish in any order; every promise holds after every step."""

    WORKERS = (0, 1)
    SERVES: ClassVar[dict[int, tuple[Urgency, ...]]] = dict.fromkeys(WORKERS, ALL)
    CAPACITY = 4

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = Scheduler(self.CAPACITY)
        self.numbers = itertools.count(1)
        self.alive: dict[int, Ticket] = {}
        self.ended: list[int] = []
        self.resumed: set[int] = set()

    def end(self, number: int) -> None:
        """Note that a ticket has left."""
        del self.alive[number]
        self.resumed.discard(number)
        self.ended.append(number)

    @rule(
        urgency=st.sampled_from(Urgency),
        replaces=st.sampled_from([None, "a.py", "b.py"]),
        lane=st.sampled_from([None, TYPING, ASKED]),
    )
    def add(self, urgency: Urgency, replaces: str | None, lane: Urgency | None) -> None:
        """A ticket comes; a refusal changes nothing, and only its like are superseded."""
        lane = lane if urgency is AHEAD else None
        new = Ticket(id=next(self.numbers), urgency=urgency, replaces=replaces, lane=lane)
        before = self.scheduler.waiting
        running = [self.scheduler.running_on(worker) for worker in self.WORKERS]
        try:
            superseded = self.scheduler.add(new)
        except QueueFull:
            assert before == self.scheduler.waiting
            assert running == [self.scheduler.running_on(worker) for worker in self.WORKERS]
            return
        assert all((old.replaces, old.urgency) == (replaces, urgency) and replaces for old in superseded)
        self.alive[new.id] = new
        for old in superseded:
            if self.scheduler.worker_of(old.id) is None:
                self.end(old.id)

    @rule(worker=st.sampled_from(WORKERS))
    def take(self, worker: int) -> None:
        """A worker asks for work: it gets the most urgent that it serves, what yielded before its equals."""
        was_busy = self.scheduler.running_on(worker) is not None
        waiting = [each for each in self.scheduler.waiting if each.served_as in self.SERVES[worker]]
        taken = self.scheduler.next_for(worker, self.SERVES[worker])
        assert (taken is None) == (was_busy or not waiting)
        if taken is not None:
            assert min(each.urgency for each in waiting) == taken.urgency
            equals = {each.id for each in waiting if each.urgency == taken.urgency}
            # Suggestions go by who asked last, whatever has yielded.
            assert taken.urgency is TYPING or taken.id in self.resumed or not equals & self.resumed
            self.resumed.discard(taken.id)

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def hurry(self, data: st.DataObject) -> None:
        """Someone comes to wait for what was done ahead of time; it stays where it is, and what it was."""
        number = data.draw(st.sampled_from(sorted(self.alive)))
        before = self.alive[number]
        worker = self.scheduler.worker_of(number)
        hurried = self.scheduler.hurry(number)
        assert hurried is not None
        assert (worker, before.served_as, before.served_as) == (
            self.scheduler.worker_of(number),
            hurried.urgency,
            hurried.served_as,
        )
        self.alive[number] = hurried

    @rule(worker=st.sampled_from(WORKERS))
    def finish(self, worker: int) -> None:
        """A worker is done."""
        before = self.scheduler.running_on(worker)
        assert before == self.scheduler.finish(worker)
        if before is not None:
            self.end(before.id)

    @precondition(lambda self: self.scheduler.should_yield(self.SERVES))
    @rule()
    def make_all_yield(self) -> None:
        """Those who must make room do, and are put back."""
        for worker in self.scheduler.should_yield(self.SERVES):
            yielded = self.scheduler.finish(worker)
            assert yielded is not None
            self.scheduler.requeue(yielded)
            self.resumed.add(yielded.id)

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        """Someone cancels."""
        number = data.draw(st.sampled_from(sorted(self.alive)))
        if self.scheduler.drop(number):
            self.end(number)
        else:
            assert self.scheduler.worker_of(number) is not None

    @invariant()
    def every_ticket_is_in_one_place_until_it_ends_once(self) -> None:
        """No ticket is lost, doubled or run twice."""
        running = [each.id for worker in self.WORKERS if (each := self.scheduler.running_on(worker))]
        assert sorted(self.alive) == sorted([each.id for each in self.scheduler.waiting] + running)
        assert len(self.ended) == len(set(self.ended))
        assert not set(self.ended) & set(self.alive)

    @invariant()
    def nothing_urgent_waits_behind_the_less_urgent_unasked(self) -> None:
        """Whoever keeps a more urgent ticket waiting has been asked to yield."""
        asked = set(self.scheduler.should_yield(self.SERVES))
        for serves in set(self.SERVES.values()):
            alike = [worker for worker in self.WORKERS if self.SERVES[worker] == serves]
            left = [each for worker in alike if worker not in asked and (each := self.scheduler.running_on(worker))]
            waiting = sorted(each.urgency for each in self.scheduler.waiting if each.served_as in serves)
            # Those asked to yield make room for as many of the most urgent.
            still_waiting = waiting[len(asked & set(alike)) :]
            assert not any(urgency < each.urgency for urgency in still_waiting for each in left)


class AnyHistoryOfTwoLanes(AnyHistory):
    """The same promises where one worker is for those who type, the other for everybody else."""

    SERVES: ClassVar[dict[int, tuple[Urgency, ...]]] = {0: (TYPING,), 1: (ASKED, LOOKING, AHEAD)}


TestAnyHistory = AnyHistory.TestCase
TestAnyHistoryOfTwoLanes = AnyHistoryOfTwoLanes.TestCase
