"""Ending a pool in every state: within a second, with no process left and every stream ended."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest
from process.processes import workers_of_this_process
from process.watched_pool import PATIENCE_S, MakePool, Script, WatchedPool, job, outcome, pieces

from phi_providers.errors import NoProvider


async def closed_in_time(pool: WatchedPool, limit_s: float = 1.0) -> None:
    """Close the pool and check that nothing is left: no process, no worker in its status, no error in a task."""
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    await asyncio.wait_for(pool.pool.close(), limit_s)
    assert [] == workers_of_this_process(apart_from=pool.others)
    assert () == pool.pool.status().workers
    # A task that has failed says so when it is collected.
    gc.collect()
    assert [] == complaints


async def test_a_pool_that_was_never_started(pool: WatchedPool) -> None:
    """Closing what never ran is no error, nor is closing twice."""
    await closed_in_time(pool)
    await closed_in_time(pool)


@pytest.mark.parametrize("turns", range(6))
async def test_a_worker_that_is_just_being_started(make_pool: MakePool, script: Script, turns: int) -> None:
    """Whichever step of its start a process is in, it is told to end rather than killed after the grace period."""
    pool = make_pool(script, grace_s=60.0)
    pool.pool.start()
    for _ in range(turns):
        await asyncio.sleep(0)
    await closed_in_time(pool, limit_s=5.0)


@pytest.mark.parametrize("load", [{"ms": 60_000}, {"then": "hang_gil"}], ids=["loading", "hanging in its load"])
async def test_a_worker_that_loads(pool: WatchedPool, script: Script, load: dict[str, object]) -> None:
    """A load is not waited for."""
    script.write(load=load)
    end = asyncio.create_task(outcome(pool.submit("waiting")))
    await pool.until(lambda status: any(worker.stage == "following the script" for worker in status.workers))
    await closed_in_time(pool)
    assert isinstance((await end).error, NoProvider)


async def test_an_idle_worker(pool: WatchedPool) -> None:
    """A worker with nothing to do ends by itself when told."""
    await pool.answer("first")
    await closed_in_time(pool)


@pytest.mark.parametrize("then", ["forever", "hang", "hang_gil"])
@pytest.mark.parametrize("deaf", [False, True])
async def test_a_worker_at_work(pool: WatchedPool, script: Script, then: str, deaf: bool) -> None:
    """What runs and what waits is told that the server is stopping, whatever the engine does."""
    script.write({"tokens": ["a"], "then": then, "token_ms": 5, "deaf": deaf})
    running, waiting = pool.submit("running"), pool.submit("waiting")
    await pieces(waiting, 1)
    await closed_in_time(pool)
    ends = [await asyncio.wait_for(outcome(stream), 1.0) for stream in (running, waiting)]
    assert ["the server is stopping"] * 2 == [str(end.error) for end in ends]


async def test_a_worker_whose_answer_is_on_its_way(pool: WatchedPool, script: Script) -> None:
    """What a worker said before it heard of its end disturbs nobody."""
    script.write({"tokens": ["a"]})
    await pool.answer("warm")
    stream = pool.submit("last")
    # Without a turn of the loop, so that the answer lies unread in the pipe when the pool is closed.
    deadline = time.monotonic() + PATIENCE_S
    while not script.emitted(stream.id) and time.monotonic() < deadline:
        pass
    await closed_in_time(pool)
    assert "the server is stopping" == str((await outcome(stream)).error)


async def test_a_pool_between_two_starts(make_pool: MakePool, script: Script, second_script: Script) -> None:
    """A restart that is due when the pool is closed does not take place."""
    script.write(load={"then": "fail"})
    pool = make_pool(script, backoff_s=(0.02,))
    await pool.answer("first")
    await closed_in_time(pool)
    # Long enough for the restart, had it been left to come.
    second_script.write({"tokens": ["a"], "prefill_ms": 500})
    await make_pool(second_script).answer("meanwhile")
    assert 1 == script.loads()


async def test_a_closed_pool_takes_nothing(pool: WatchedPool) -> None:
    """After its end a pool refuses."""
    await pool.answer("first")
    await closed_in_time(pool)
    with pytest.raises(NoProvider):
        pool.pool.submit(job("late"))
    assert [] == workers_of_this_process(apart_from=pool.others)
