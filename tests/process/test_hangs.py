"""Workers that live but do nothing, and slow ones that must be left alone."""

from __future__ import annotations

import asyncio

import pytest
from process.watched_pool import PATIENCE_S, MakePool, Script, WatchedPool, outcome, pieces

from phi_providers.errors import LoadFailed, WorkerHung


@pytest.mark.parametrize("deed", ["hang", "hang_gil"])
async def test_a_hanging_engine_is_found_and_replaced(pool: WatchedPool, script: Script, deed: str) -> None:
    """With or without the interpreter lock: found within 2.5 s, ended, and the next request succeeds."""
    script.write({"when": "hang", "tokens": ["a"], "then": deed})
    stream = pool.submit("hang")
    assert "a" == await pieces(stream, 1)
    result = await asyncio.wait_for(outcome(stream), 2.5)
    assert isinstance(result.error, WorkerHung)
    assert "echo on none gave no sign of life for 2" in str(result.error)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_a_hang_that_holds_the_lock_while_loading_is_found(make_pool: MakePool, script: Script) -> None:
    """An import that never comes back silences the side thread's heartbeat: that start has failed."""
    pool = make_pool(script, loading_silence_s=1.5, backoff_s=(0.1,))
    script.write(load={"then": "hang_gil"})
    result = await pool.answer("waiting")
    script.write()
    assert isinstance(result.error, LoadFailed)
    assert "no sign of life" in str(result.error)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_a_load_that_gets_no_further_is_given_up(make_pool: MakePool, script: Script) -> None:
    """A heartbeat alone is no progress: a stage of loading has an end, and the message names it."""
    pool = make_pool(script, stage_s=1.0, backoff_s=(0.1,))
    script.write(load={"then": "hang"})
    result = await pool.answer("waiting")
    script.write()
    assert isinstance(result.error, LoadFailed)
    assert "got no further than 'following the script'" in str(result.error)
    assert "echo(4)" == (await pool.answer("next")).text


async def test_a_slow_load_is_waited_for(make_pool: MakePool, script: Script) -> None:
    """Loading may take longer than silence may, as long as the worker says that it is at it."""
    pool = make_pool(script, loading_silence_s=1.0)
    script.write(load={"ms": 1800})
    assert "echo(4)" == (await pool.answer("slow")).text
    assert 1 == len(pool.pids)


async def test_a_slow_engine_is_left_alone(make_pool: MakePool, script: Script) -> None:
    """A prefill longer than the silence allowed and slow tokens are no hang: their steps are signs of life."""
    script.write({"tokens": list("abcdef"), "prefill_ms": 1500, "token_ms": 300})
    pool = make_pool(script, silence_s=1.0)
    assert "abcdef" == (await asyncio.wait_for(outcome(pool.submit("slow")), PATIENCE_S)).text
    assert 1 == len(pool.pids)


async def test_a_silent_worker_that_computes_is_at_work(make_pool: MakePool, script: Script) -> None:
    """A step that takes many times longer than silence may, on a machine with much else to do, is no hang."""
    script.write({"tokens": list("ab"), "then": "busy"})
    pool = make_pool(script, silence_s=0.3)
    assert "ab" == (await asyncio.wait_for(outcome(pool.submit("busy")), PATIENCE_S)).text
    assert 1 == len(pool.pids)


async def test_an_idle_worker_owes_no_sign_of_life(make_pool: MakePool, script: Script) -> None:
    """A worker is watched only while it works: resting longer than the silence allowed is no hang."""
    pool = make_pool(script, silence_s=0.2, loading_silence_s=5.0)
    slow = make_pool(script)
    await pool.answer("warm")
    script.write({"tokens": list("abc"), "token_ms": 300})
    assert "abc" == (await slow.answer("meanwhile")).text
    assert "echo(4)" == (await pool.answer("next")).text
    assert 1 == len(pool.pids)
