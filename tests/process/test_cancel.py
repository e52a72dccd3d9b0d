"""Requests that nobody wants any more."""

from __future__ import annotations

import asyncio

from process.watched_pool import PATIENCE_S, Script, WatchedPool, outcome, pieces

from phi_providers.errors import GenerationFailed, WorkerHung
from phi_providers.messages import Urgency

ENDLESS = {"when": "endless", "tokens": ["a"], "then": "forever", "token_ms": 5}


async def test_a_queued_request_is_cancelled_and_never_reaches_the_engine(pool: WatchedPool, script: Script) -> None:
    """What waits is taken out at once; the running request does not notice."""
    script.write({"when": "running", "tokens": list("abcdef"), "token_ms": 20})
    running, queued = pool.submit("running"), pool.submit("queued", Urgency.AHEAD)
    await pieces(running, 1)
    pool.pool.cancel(queued.id)
    assert "cancelled" == str((await outcome(queued)).error)
    assert "bcdef" == (await outcome(running)).text
    assert "echo(4)" == (await pool.answer("next")).text
    assert queued.id not in {line.get("id") for line in script.record()}


async def test_a_running_request_is_cancelled_and_the_next_is_served_by_the_same_worker(
    pool: WatchedPool, script: Script
) -> None:
    """A cancel ends the stream at once and costs no worker."""
    script.write(ENDLESS)
    running = pool.submit("endless")
    await pieces(running, 2)
    pool.pool.cancel(running.id)
    assert isinstance((await asyncio.wait_for(outcome(running), 0.2)).error, GenerationFailed)
    assert "echo(4)" == (await pool.answer("next")).text
    assert 1 == len(pool.pids)


async def test_cancelling_twice_or_something_unknown_does_nothing(pool: WatchedPool, script: Script) -> None:
    """Cancels of ended, cancelled and never-given ids are ignored, whoever runs meanwhile."""
    script.write({"when": "sibling", "tokens": list("abcdefgh"), "token_ms": 10}, ENDLESS)
    first = pool.submit("endless")
    await pieces(first, 1)
    sibling = pool.submit("sibling")
    for request_id in (first.id, first.id, 0, -1, 10**30):
        pool.pool.cancel(request_id)
    first.close()
    assert "abcdefgh" == (await outcome(sibling)).text
    pool.pool.cancel(sibling.id)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_closing_a_stream_stops_the_engine_within_two_tokens(pool: WatchedPool, script: Script) -> None:
    """An engine makes at most two tokens for nobody."""
    script.write({**ENDLESS, "token_ms": 100})
    stream = pool.submit("endless")
    await pieces(stream, 3)
    stream.close()
    assert "echo(4)" == (await pool.answer("next")).text
    assert 3 <= script.emitted(stream.id) <= 5


async def test_a_prefill_is_stopped_within_a_chunk(pool: WatchedPool, script: Script) -> None:
    """A cancel during the prefill does not wait for its end."""
    script.write({"when": "long", "tokens": ["a"], "prefill_ms": 60_000})
    stream = pool.submit("long")
    await pool.until(lambda status: any(worker.state == "busy" for worker in status.workers))
    stream.close()
    assert "echo(4)" == (await pool.answer("next")).text
    assert 1 == len(pool.pids)


async def test_closing_a_stream_wakes_whoever_waits_for_its_next_piece(pool: WatchedPool, script: Script) -> None:
    """A consumer in another task is not left waiting for a stream that was closed."""
    script.write({"when": "long", "tokens": ["a"], "prefill_ms": 60_000})
    stream = pool.submit("long")
    consumer = asyncio.create_task(outcome(stream))
    await pool.until(lambda status: any(worker.state == "busy" for worker in status.workers))
    stream.close()
    result = await asyncio.wait_for(consumer, PATIENCE_S)
    assert ("", None, None) == (result.text, result.error, result.usage)


async def test_siblings_are_answered_as_if_nothing_had_been_cancelled(pool: WatchedPool, script: Script) -> None:
    """With every other request of a hundred cancelled, each of the rest has its own, whole answer."""
    script.write({"tokens": list("abcdefgh")})
    streams = [pool.submit(f"number {number}", Urgency.ASKED) for number in range(100)]
    for stream in streams[::2]:
        stream.close()
    results = await asyncio.wait_for(asyncio.gather(*map(outcome, streams)), PATIENCE_S)
    assert ["", "abcdefgh"] * 50 == [result.text for result in results]


async def test_finishing_a_stream_keeps_its_text_and_its_usage(pool: WatchedPool, script: Script) -> None:
    """A consumer that has enough gets a regular end, and the engine stops."""
    script.write(ENDLESS)
    stream = pool.submit("endless")
    before = await pieces(stream, 2)
    stream.finish()
    result = await asyncio.wait_for(outcome(stream), PATIENCE_S)
    assert result.error is None
    assert result.usage is not None
    assert len(before + result.text) == result.usage.new_tokens


async def test_finishing_a_queued_stream_ends_it_empty(pool: WatchedPool, script: Script) -> None:
    """A request that has not begun has nothing more to give."""
    script.write(ENDLESS)
    running, queued = pool.submit("endless"), pool.submit("queued", Urgency.AHEAD)
    await pieces(running, 1)
    queued.finish()
    result = await asyncio.wait_for(outcome(queued), PATIENCE_S)
    assert ("", None) == (result.text, result.error)
    assert result.usage is not None
    assert 0 == result.usage.new_tokens


async def test_a_worker_deaf_to_cancels_is_killed_and_replaced(pool: WatchedPool, script: Script) -> None:
    """The consumer has its answer at once, the worker a second; then another one serves."""
    script.write({**ENDLESS, "deaf": True})
    stream = pool.submit("endless")
    await pieces(stream, 1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    stream.close()
    assert "echo(4)" == (await pool.answer("next")).text
    assert 0.9 < loop.time() - begun < 2.5
    assert 2 == len(pool.pids)


async def test_a_request_finished_early_by_a_deaf_worker_is_told_why(pool: WatchedPool, script: Script) -> None:
    """Waiting for the regular end of a stream is bounded too."""
    script.write({**ENDLESS, "deaf": True})
    stream = pool.submit("endless")
    await pieces(stream, 1)
    stream.finish()
    error = (await asyncio.wait_for(outcome(stream), PATIENCE_S)).error
    assert isinstance(error, WorkerHung)
    assert "did not stop" in str(error)
