"""Workers that talk when they should not."""

from __future__ import annotations

import asyncio

import psutil
import pytest
from process.processes import left_after
from process.watched_pool import Script, WatchedPool, outcome, pieces

from phi_providers.errors import WorkerDied


@pytest.mark.parametrize("deed", ["print_fd1", "flood_stderr"])
async def test_native_prints_harm_nothing(pool: WatchedPool, script: Script, deed: str) -> None:
    """What a library writes to its stdout, or by the megabyte to its stderr, is neither a frame nor a block."""
    script.write({"when": "chatty", "tokens": ["a", "b"], "then": deed})
    assert ["ab", "ab"] == [(await pool.answer("chatty")).text for _ in range(2)]
    assert 1 == len(pool.pids)


async def test_a_flood_while_loading_harms_nothing(pool: WatchedPool, script: Script) -> None:
    """A chatty compiler does not fill a pipe that nobody empties."""
    script.write(load={"then": "flood_stderr"})
    assert "echo(5)" == (await pool.answer("first")).text


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("junk", "no frame"),
        ("endless_line", "no frame"),
        ("second_reply", "answered a request that it was not given"),
    ],
)
async def test_a_breach_of_protocol_costs_the_worker(pool: WatchedPool, script: Script, deed: str, reason: str) -> None:
    """Bytes that are no frame, a line without end and a reply to nobody end the worker; the next request succeeds."""
    script.write({"when": "bad", "tokens": ["a\n", "b\n"], "then": deed})
    stream = pool.submit("bad")
    await pieces(stream, 2)
    result = await asyncio.wait_for(outcome(stream), 1.0)
    assert isinstance(result.error, WorkerDied)
    assert reason in str(result.error)
    assert "echo(4)" == (await pool.answer("next")).text
    assert 2 == len(pool.pids)


@pytest.mark.parametrize("end", ["exit", "junk"])
async def test_a_process_that_the_engine_started_goes_with_it(pool: WatchedPool, script: Script, end: str) -> None:
    """A child of the worker outlives neither its killing nor its crash, and does not delay the news of it."""
    script.write({"when": "parent", "tokens": ["a"], "then": "child"}, {"when": "end", "then": end})
    await pool.answer("parent")
    children = psutil.Process(pool.pids[0]).children()
    assert 1 == len(children)
    assert isinstance((await asyncio.wait_for(outcome(pool.submit("end")), 1.0)).error, WorkerDied)
    assert [] == left_after(children, 1.0)


async def test_a_process_that_left_the_engines_group_delays_nothing(pool: WatchedPool, script: Script) -> None:
    """A daemon that holds the worker's stderr open does not keep its death from being known."""
    script.write({"when": "parent", "tokens": ["a"], "then": "daemon"}, {"when": "end", "then": "exit"})
    await pool.answer("parent")
    (daemon,) = psutil.Process(pool.pids[0]).children()
    try:
        assert isinstance((await asyncio.wait_for(outcome(pool.submit("end")), 1.5)).error, WorkerDied)
        assert "echo(4)" == (await pool.answer("next")).text
    finally:
        daemon.kill()
