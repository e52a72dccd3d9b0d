"""Work done ahead of time: where it is done, and whom it never keeps waiting."""

from __future__ import annotations

import asyncio

import pytest
from process.conftest import MakePool
from process.watched_pool import PATIENCE_S, Script, WatchedPool, outcome, pieces

from phi_providers.errors import Superseded
from phi_providers.messages import Urgency
from phi_providers.plan import Plan
from phi_providers.pool import Job

ENDLESS = {"tokens": ["on "], "token_ms": 20, "then": "forever"}
LONG = {"when": "long", "tokens": [f"{number} " for number in range(30)], "token_ms": 20}
WHOLE = "".join(f"{number} " for number in range(30))
EARLY = Urgency.AHEAD


async def busy(pool: WatchedPool) -> None:
    """Wait until a worker is at work."""
    await pool.until(lambda status: any(worker.state == "busy" for worker in status.workers))


@pytest.mark.parametrize(("lane", "expected"), [(Urgency.TYPING, "GPU"), (Urgency.ASKED, "NPU"), (None, "NPU")])
async def test_it_is_done_where_it_is_of_use(
    make_pool: MakePool, script: Script, second_script: Script, lane: Urgency | None, expected: str
) -> None:
    """A suggestion is prepared on the device that suggests, an explanation on the one that explains."""
    first, second = script.order("GPU"), second_script.order("NPU")
    pool = make_pool(plan=Plan(typing=(first, second), asking=(second, first)))
    pool.pool.start()
    await pool.until(lambda status: len([each for each in status.workers if each.state == "ready"]) == 2)
    stream = pool.submit("early", EARLY, max_new_tokens=0, prepares=lane)
    assert None is (await asyncio.wait_for(outcome(stream), PATIENCE_S)).error
    prepared = {"GPU": script, "NPU": second_script}
    assert [expected] == [
        device for device, each in prepared.items() if any(line.get("prompt") == "early" for line in each.record())
    ]


async def test_it_starts_the_model_that_it_is_done_for(
    make_pool: MakePool, script: Script, second_script: Script
) -> None:
    """It does not wait for another one, which cannot be loaded at the moment."""
    second_script.write(load={"after": str(second_script.path.with_name("never"))})
    first, second = script.order("GPU"), second_script.order("NPU")
    pool = make_pool(plan=Plan(typing=(first,), asking=(second,)))
    await pool.answer("early", EARLY, max_new_tokens=0, prepares=Urgency.TYPING)
    assert ["early"] == [line["prompt"] for line in script.record() if "prompt" in line]


async def test_an_explanation_is_the_same_after_work_ahead_of_time_beside_it(pool: WatchedPool, script: Script) -> None:
    """What is prepared meanwhile waits; prepared for somebody who types and interrupted by him, it changes nothing."""
    script.write(LONG, {"when": "early", "tokens": [], "prefill_ms": 400})
    first = pool.submit("early", EARLY, max_new_tokens=0, prepares=Urgency.TYPING)
    await busy(pool)
    asked = pool.submit("a long question", Urgency.ASKED)
    begun = await pieces(asked, 3)
    second = pool.submit("early too", EARLY, max_new_tokens=0, prepares=Urgency.TYPING)
    assert "echo(5)" == (await pool.answer("quick")).text
    assert [None, None] == [first.usage, second.usage]
    assert WHOLE == begun + (await asyncio.wait_for(outcome(asked), PATIENCE_S)).text
    for stream in (first, second):
        assert None is (await asyncio.wait_for(outcome(stream), PATIENCE_S)).error


async def test_what_somebody_has_come_to_wait_for_is_done_first(pool: WatchedPool, script: Script) -> None:
    """An explanation makes room for what was begun early and is waited for now; it ends with all of its text."""
    script.write(LONG)
    asked = pool.submit("a long question", Urgency.ASKED)
    begun = await pieces(asked, 3)
    early = pool.submit("early", EARLY, prepares=Urgency.TYPING)
    pool.pool.hurry(early.id)
    assert "echo(5)" == (await asyncio.wait_for(outcome(early), PATIENCE_S)).text
    assert None is asked.usage
    assert WHOLE == begun + (await asyncio.wait_for(outcome(asked), PATIENCE_S)).text


async def test_what_is_waited_for_does_not_make_room_for_questions(pool: WatchedPool, script: Script) -> None:
    """It has become a request of somebody who types."""
    script.write({"when": "early", "tokens": ["a", "b", "c", "d"], "token_ms": 50})
    early = pool.submit("early", EARLY, prepares=Urgency.TYPING)
    await pieces(early, 1)
    pool.pool.hurry(early.id)
    asked = pool.submit("question", Urgency.ASKED)
    assert "bcd" == (await asyncio.wait_for(outcome(early), PATIENCE_S)).text
    assert "echo(8)" == (await asyncio.wait_for(outcome(asked), PATIENCE_S)).text
    assert 1 == len([line for line in script.record() if line.get("prompt") == "early"])


async def test_with_a_word_to_heal_it_is_given_up_for_others(pool: WatchedPool, script: Script) -> None:
    """Its prompt was rewritten at the end, so that it can't be gone on with from its tokens; nobody waits for it."""
    script.write({**ENDLESS, "when": "early"})
    early = pool.submit("early", EARLY, prepares=Urgency.TYPING, heal="early")
    await pieces(early, 1)
    assert "echo(5)" == (await pool.answer("quick")).text
    assert isinstance((await asyncio.wait_for(outcome(early), PATIENCE_S)).error, Superseded)
    await pool.answer("another")
    assert 1 == len([line for line in script.record() if line.get("prompt") == "early"])


@pytest.mark.parametrize("urgency", [Urgency.ASKED, Urgency.LOOKING])
def test_what_may_be_interrupted_and_is_waited_for_heals_nothing(urgency: Urgency) -> None:
    """Such a job is refused before it is queued."""
    with pytest.raises(ValueError, match="may heal"):
        Job(parts=lambda _: (), max_new_tokens=1, urgency=urgency, heal="x")


@pytest.mark.parametrize("urgency", [Urgency.TYPING, Urgency.ASKED, Urgency.LOOKING])
def test_who_waits_prepares_nothing(urgency: Urgency) -> None:
    """Only what nobody waits for goes to another's place."""
    with pytest.raises(ValueError, match="prepares"):
        Job(parts=lambda _: (), max_new_tokens=1, urgency=urgency, prepares=Urgency.TYPING)


async def test_the_best_speed_that_was_seen_counts(pool: WatchedPool, script: Script) -> None:
    """Loading has measured a machine that was busy; what is decided by speed goes by what was written since."""
    script.write({"tokens": ["a"] * 20}, load={"decode_ms_per_token": 100})
    assert None is pool.pool.speed_for(Urgency.TYPING)
    await pool.answer("quick")
    loaded, seen = pool.pool.profile_for(Urgency.TYPING), pool.pool.speed_for(Urgency.TYPING)
    assert loaded is not None
    assert seen is not None
    assert 100 == loaded.decode_ms_per_token
    assert seen.decode_ms_per_token < 100
