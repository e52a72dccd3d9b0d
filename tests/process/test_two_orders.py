"""A pool in which those who type prefer another place than those who ask."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from process.conftest import MakePool
from process.watched_pool import PATIENCE_S, Script, WatchedPool, outcome, pieces

from phi_providers.errors import NoProvider
from phi_providers.messages import Load, ModelProfile, Urgency
from phi_providers.plan import Plan, one_order
from phi_providers.pool import PoolStatus

ENDLESS = {"when": "long", "tokens": ["on "], "token_ms": 5, "then": "forever"}
DIES = {"tokens": ["gone"], "then": "abort", "at": 0}


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A file without which a script with `load={"after": …}` does not get loaded."""
    return tmp_path / "gate"


def open_(gate: Path) -> None:
    """Let whoever waits for it go on loading."""
    gate.touch()


def says(script: Script, text: str, **load: object) -> Script:
    """Have a script answer with its name, but for a question that is long."""
    return script.write(ENDLESS, {"tokens": [text]}, load=dict(load))


@pytest.fixture
def typist(tmp_path: Path) -> Script:
    return says(Script(tmp_path, "typist"), "typist")


@pytest.fixture
def scholar(tmp_path: Path) -> Script:
    return says(Script(tmp_path, "scholar"), "scholar")


@pytest.fixture
async def two(make_pool: MakePool, typist: Script, scholar: Script) -> WatchedPool:
    """A place for each."""
    first, second = typist.order("GPU"), scholar.order("NPU")
    return make_pool(plan=Plan(typing=(first, second), asking=(second, first)))


def devices(status: PoolStatus, state: str = "ready") -> set[str]:
    """Return where workers are in this state."""
    return {worker.order.device for worker in status.workers if worker.state == state}


async def test_each_has_a_place_of_its_own(two: WatchedPool) -> None:
    """Whoever types is answered by one while the other writes on, unasked to make room."""
    two.pool.start()
    await two.until(lambda status: devices(status) == {"GPU", "NPU"})
    asked = two.submit("a long question", Urgency.ASKED, max_new_tokens=10**6)
    await pieces(asked, 2)
    assert "typist" == (await two.answer("quick")).text
    assert {"NPU"} == devices(two.pool.status(), "busy")
    asked.finish()
    rest = await asyncio.wait_for(outcome(asked), PATIENCE_S)
    assert rest.usage is not None
    assert "scholar" == (await two.answer("a question", Urgency.LOOKING)).text


async def test_the_place_for_typing_is_loaded_first(two: WatchedPool, typist: Script, gate: Path) -> None:
    """A machine that loads two models at once has neither soon."""
    says(typist, "typist", after=str(gate))
    two.pool.start()
    await two.until(lambda status: any(worker.stage == "following the script" for worker in status.workers))
    assert ["GPU"] == [worker.order.device for worker in two.pool.status().workers]
    open_(gate)
    await two.until(lambda status: devices(status) == {"GPU", "NPU"})


@pytest.mark.parametrize(("lost", "left"), [(Urgency.TYPING, "scholar"), (Urgency.ASKED, "typist")])
async def test_each_stands_in_for_the_other(
    two: WatchedPool, typist: Script, scholar: Script, lost: Urgency, left: str
) -> None:
    """A place whose worker dies at its first request is answered for by the other one."""
    (typist if lost is Urgency.TYPING else scholar).write(DIES)
    died = await two.answer("a question", lost)
    assert died.error is not None
    assert left == (await two.answer("a question", lost)).text


async def test_a_bridge_answers_who_types_until_the_better_one_is_loaded(
    make_pool: MakePool, typist: Script, scholar: Script, gate: Path
) -> None:
    """It is there at once for a suggestion, and gone when it is needed no more; a question waits for the better one."""
    says(scholar, "scholar", after=str(gate))
    better, bridge = scholar.order("GPU"), typist.order("CPU")
    pool = make_pool(plan=Plan(typing=(better, bridge), asking=(better, bridge), bridge=bridge))
    pool.pool.start()
    asked = pool.submit("a question", Urgency.ASKED)
    assert "typist" == (await pool.answer("quick")).text
    assert asked.started is None
    open_(gate)
    assert "scholar" == (await asyncio.wait_for(outcome(asked), PATIENCE_S)).text
    assert "scholar" == (await pool.answer("quick")).text
    await pool.until(lambda status: [worker.order.device for worker in status.workers] == ["GPU"])


async def test_a_bridge_answers_all_when_nothing_better_is_left(
    make_pool: MakePool, typist: Script, scholar: Script
) -> None:
    """A model that does not load leaves its questions to it, those that wait included."""
    scholar.write(load={"then": "fail"})
    better, bridge = scholar.order("GPU"), typist.order("CPU")
    pool = make_pool(plan=Plan(typing=(better, bridge), asking=(better, bridge), bridge=bridge))
    assert "typist" == (await pool.answer("a question", Urgency.ASKED)).text


async def test_one_too_slow_for_typing_leaves_it_to_others(
    make_pool: MakePool, typist: Script, scholar: Script
) -> None:
    """What loading has measured decides: the slow one keeps the questions, though typing preferred it."""
    says(scholar, "scholar", decode_ms_per_token=100)
    better, bridge = scholar.order("GPU"), typist.order("CPU")

    def quick(_order: Load, profile: ModelProfile) -> bool:
        return profile.decode_ms_per_token < 20

    pool = make_pool(plan=Plan(typing=(better, bridge), asking=(better, bridge), bridge=bridge, quick=quick))
    pool.pool.start()
    await pool.until(lambda status: devices(status) == {"GPU", "CPU"})
    assert "typist" == (await pool.answer("quick")).text
    assert "scholar" == (await pool.answer("a question", Urgency.ASKED)).text
    assert {"GPU", "CPU"} == devices(pool.pool.status())


async def test_another_plan_loses_no_request(make_pool: MakePool, typist: Script, scholar: Script) -> None:
    """What is being written is written to its end by who began it, who waits is answered by the new one, after that."""
    old, new = typist.order("GPU"), scholar.order("NPU")
    pool = make_pool(plan=one_order([old]))
    running = pool.submit("a long question", Urgency.ASKED, max_new_tokens=10**6)
    await pieces(running, 2)
    waiting = pool.submit("a question", Urgency.ASKED)
    pool.pool.take_up(one_order([new]), 0)
    await pieces(running, 2)
    assert ["GPU"] == [worker.order.device for worker in pool.pool.status().workers]  # what it takes is needed
    running.finish()
    assert (await asyncio.wait_for(outcome(running), PATIENCE_S)).error is None
    assert "scholar" == (await asyncio.wait_for(outcome(waiting), PATIENCE_S)).text
    await pool.until(lambda status: [worker.order.device for worker in status.workers] == ["NPU"])


async def test_what_writes_on_is_ended_after_a_while(make_pool: MakePool, typist: Script, scholar: Script) -> None:
    """An endless answer of the old model fails with a reason, and the new one comes."""
    pool = make_pool(plan=one_order([typist.order("GPU")]), leave_s=0.1)
    running = pool.submit("a long question", Urgency.ASKED, max_new_tokens=10**6)
    await pieces(running, 2)
    pool.pool.take_up(one_order([scholar.order("NPU")]), 0)
    assert "the model was changed" in str((await asyncio.wait_for(outcome(running), PATIENCE_S)).error)
    assert "scholar" == (await pool.answer("quick")).text


async def test_a_place_that_is_in_both_plans_goes_on(make_pool: MakePool, typist: Script, scholar: Script) -> None:
    """Its worker is the same process, and what it writes is not ended."""
    kept, new = typist.order("CPU"), scholar.order("GPU")
    pool = make_pool(plan=one_order([kept]), leave_s=0.0)
    running = pool.submit("a long question", Urgency.ASKED, max_new_tokens=10**6)
    await pieces(running, 2)
    pool.pool.take_up(Plan(typing=(new, kept), asking=(kept, new)), 0)
    await pool.until(lambda status: devices(status) == {"GPU"})
    assert "scholar" == (await pool.answer("quick")).text
    await pieces(running, 2)
    assert 1 == typist.loads()


async def test_switched_off_it_has_no_worker_until_it_is_asked(two: WatchedPool) -> None:
    """What runs is told; the next request is answered as ever."""
    running = two.submit("a long question", Urgency.ASKED, max_new_tokens=10**6)
    await pieces(running, 2)
    two.pool.release()
    assert isinstance((await asyncio.wait_for(outcome(running), PATIENCE_S)).error, NoProvider)
    await two.until(lambda status: not status.workers)
    assert "typist" == (await two.answer("quick")).text


async def test_a_bridge_is_loaded_before_the_better_one(
    make_pool: MakePool, typist: Script, scholar: Script, gate: Path
) -> None:
    """Beside a large model it would take seconds to be there; one that cannot be loaded holds nobody up."""
    says(typist, "typist", after=str(gate), then="fail")
    better, bridge = scholar.order("GPU"), typist.order("CPU")
    pool = make_pool(plan=Plan(typing=(better, bridge), asking=(better, bridge), bridge=bridge))
    pool.pool.start()
    await pool.until(lambda status: any(worker.stage == "following the script" for worker in status.workers))
    assert ["CPU"] == [worker.order.device for worker in pool.pool.status().workers]
    open_(gate)
    assert "scholar" == (await pool.answer("quick")).text


async def test_a_bridge_goes_on_answering_while_a_place_that_has_failed_is_tried_again(
    make_pool: MakePool, typist: Script, scholar: Script, gate: Path
) -> None:
    """After its rest nobody waits for it a second time: its new start is no reason to think that it comes."""
    scholar.write(load={"then": "fail"})
    better, bridge = scholar.order("GPU"), typist.order("CPU")
    plan = Plan(typing=(better, bridge), asking=(better, bridge), bridge=bridge)
    pool = make_pool(plan=plan, breaker_rest_s=0.5)
    assert "typist" == (await pool.answer("a question", Urgency.ASKED)).text
    says(scholar, "scholar", after=str(gate))
    while scholar.loads() < 2:
        assert "typist" == (await pool.answer("a question", Urgency.ASKED)).text
    assert "typist" == (await pool.answer("a question", Urgency.ASKED)).text
    open_(gate)
    await pool.until(lambda status: devices(status) == {"GPU"})
    assert "scholar" == (await pool.answer("a question", Urgency.ASKED)).text


async def test_a_place_that_has_proved_itself_is_waited_for_after_a_rest(
    make_pool: MakePool, typist: Script, scholar: Script, tmp_path: Path
) -> None:
    """A device that is missing is looked for again at times; the bridge takes no question for that."""
    absent = Script(tmp_path, "absent").write(load={"then": "fail"})
    places = (absent.order("GPU"), scholar.order("NPU"), typist.order("CPU"))
    plan = Plan(typing=(places[2], *places[:2]), asking=places, bridge=places[2])
    pool = make_pool(plan=plan, breaker_rest_s=0.1, idle_unload_s=0.3)
    assert "scholar" == (await pool.answer("a question", Urgency.ASKED)).text
    await pool.until(lambda status: not status.workers)
    assert "typist" == (await pool.answer("quick")).text
    assert "scholar" == (await pool.answer("a question", Urgency.ASKED)).text


async def test_switched_off_and_on_again_a_place_that_had_failed_is_tried(
    make_pool: MakePool, typist: Script, scholar: Script
) -> None:
    """Who has mended what was wrong need not wait for its rest to end."""
    scholar.write(load={"then": "fail"})
    better, spare = scholar.order("GPU"), typist.order("CPU")
    pool = make_pool(plan=one_order([better, spare]))
    assert "typist" == (await pool.answer("a question", Urgency.ASKED)).text
    says(scholar, "scholar")
    pool.pool.release()
    await pool.until(lambda status: not status.workers)
    assert "scholar" == (await pool.answer("a question", Urgency.ASKED)).text
