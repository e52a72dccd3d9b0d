"""Who goes first, who makes room, who is replaced."""

from __future__ import annotations

import asyncio

import pytest
from process.watched_pool import PATIENCE_S, Script, WatchedPool, outcome, pieces

from phi_providers.errors import QueueFull, Superseded
from phi_providers.messages import Urgency

LONG = {"when": "long", "tokens": [f"{number} " for number in range(30)], "token_ms": 20}
WHOLE = "".join(f"{number} " for number in range(30))


async def test_typing_makes_an_explanation_yield_and_it_resumes_where_it_was(pool: WatchedPool, script: Script) -> None:
    """The urgent answer comes in between; the other's text is complete and nothing in it doubled."""
    script.write(LONG)
    asked = pool.submit("a long question", Urgency.ASKED)
    begun = await pieces(asked, 3)
    assert "echo(5)" == (await pool.answer("quick")).text
    assert asked.usage is None
    rest = await asyncio.wait_for(outcome(asked), PATIENCE_S)
    assert WHOLE == begun + rest.text
    assert rest.usage is not None
    assert (30, "stop") == (rest.usage.new_tokens, rest.usage.finish_reason)


async def test_what_resumes_reuses_its_prompt_and_repeats_no_token(pool: WatchedPool, script: Script) -> None:
    """The same prompt comes back with the emitted tokens after it, so that the engine's cache serves all of it.

    The whole generation's cost is still that of its first, cold prompt.
    """
    script.write(LONG)
    asked = pool.submit("a long question", Urgency.ASKED, max_new_tokens=20)
    await pieces(asked, 3)
    await pool.answer("quick")
    rest = await asyncio.wait_for(outcome(asked), PATIENCE_S)
    assert rest.usage is not None
    assert (3, 0, 20) == (rest.usage.prompt_tokens, rest.usage.tokens_reused, rest.usage.new_tokens)
    legs = [line for line in script.record() if line.get("id") == asked.id and "prompt" in line]
    assert [("a long question", 0), ("a long question", 3)] == [(leg["prompt"], leg["reused"]) for leg in legs]
    assert [(0, 20), (legs[1]["resumed"], 20 - legs[1]["resumed"])] == [(leg["resumed"], leg["new"]) for leg in legs]


async def test_many_interruptions_lose_nothing(pool: WatchedPool, script: Script) -> None:
    """An explanation that yields to every keystroke keeps none of them waiting and is still whole."""
    tokens = [f"{number} " for number in range(100)]
    script.write({"when": "long", "tokens": tokens, "token_ms": 10})
    asked = pool.submit("a long question", Urgency.ASKED)
    text = ""
    for _ in range(8):
        text += await pieces(asked, 2)
        assert "echo(5)" == (await pool.answer("quick")).text
        assert asked.usage is None
    assert "".join(tokens) == text + (await asyncio.wait_for(outcome(asked), PATIENCE_S)).text


async def test_a_resumed_request_is_not_taken_for_one_deaf_to_its_cancel(pool: WatchedPool, script: Script) -> None:
    """Long after it was told to yield, a generation runs under the same id, and its worker is left in peace."""
    script.write({**LONG, "token_ms": 60})
    asked = pool.submit("a long question", Urgency.ASKED)
    begun = await pieces(asked, 1)
    await pool.answer("quick")
    assert WHOLE == begun + (await asyncio.wait_for(outcome(asked), PATIENCE_S)).text
    assert 1 == len(pool.pids)


async def test_a_request_cancelled_while_it_yields_stays_cancelled(pool: WatchedPool, script: Script) -> None:
    """Nobody resumes what nobody wants."""
    script.write(LONG)
    asked = pool.submit("a long question", Urgency.ASKED)
    await pieces(asked, 1)
    quick = pool.submit("quick")
    asked.close()
    assert "echo(5)" == (await outcome(quick)).text
    await pool.answer("another")
    assert 1 == len([line for line in script.record() if line.get("id") == asked.id and "prompt" in line])


async def test_a_prefill_yields_too(pool: WatchedPool, script: Script) -> None:
    """Work done ahead of time never keeps a person waiting, and is taken up again."""
    script.write({"when": "ahead", "tokens": ["a"], "prefill_ms": 500})
    ahead = pool.submit("ahead", Urgency.AHEAD, max_new_tokens=0)
    await pool.until(lambda status: any(worker.state == "busy" for worker in status.workers))
    assert "echo(5)" == (await pool.answer("quick")).text
    assert ahead.usage is None
    assert (await asyncio.wait_for(outcome(ahead), PATIENCE_S)).error is None


async def test_a_newer_request_for_the_same_document_supersedes_what_waits(pool: WatchedPool) -> None:
    """Of a burst of requests only the last is answered; each of the others is told so at once."""
    burst = [pool.submit(f"{number}", replaces="a.py") for number in range(20)]
    results = await asyncio.wait_for(asyncio.gather(*map(outcome, burst)), PATIENCE_S)
    assert [Superseded] * 19 == [type(result.error) for result in results[:-1]]
    assert "echo(2)" == results[-1].text


async def test_a_newer_request_for_the_same_document_supersedes_what_runs(pool: WatchedPool, script: Script) -> None:
    """The older generation ends at once for its consumer and within two tokens for the engine."""
    script.write({"when": "old", "tokens": ["a"], "then": "forever", "token_ms": 20})
    old = pool.submit("old", replaces="a.py")
    await pieces(old, 1)
    other = pool.submit("other document", Urgency.ASKED, replaces="b.py")
    assert "echo(3)" == (await pool.answer("new", replaces="a.py")).text
    assert isinstance((await outcome(old)).error, Superseded)
    assert "echo(14)" == (await outcome(other)).text


async def test_waiting_requests_are_served_by_urgency(pool: WatchedPool, script: Script) -> None:
    """While the worker starts, requests gather; it takes them by who waits."""
    by_urgency = [pool.submit(urgency.name, urgency) for urgency in reversed(Urgency)]
    await asyncio.wait_for(asyncio.gather(*map(outcome, by_urgency)), PATIENCE_S)
    assert ["TYPING", "ASKED", "LOOKING", "AHEAD"] == [line["prompt"] for line in script.record() if "prompt" in line]


async def test_a_full_queue_refuses_at_once_and_recovers(pool: WatchedPool, script: Script) -> None:
    """Beyond its capacity the queue refuses, and what it has taken is served."""
    taken = [pool.submit(str(number), Urgency.ASKED) for number in range(256)]
    with pytest.raises(QueueFull, match="256 requests are waiting"):
        pool.submit("one too many", Urgency.ASKED)
    assert 256 == pool.pool.status().queue
    results = await asyncio.wait_for(asyncio.gather(*map(outcome, taken)), PATIENCE_S)
    assert {None} == {result.error for result in results}
    assert "echo(4)" == (await pool.answer("next")).text
