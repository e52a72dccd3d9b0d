"""Ending a pool in every state: within a second, with no process left and every stream ended."""

from __future__ import annotations

import asyncio

import pytest
from process.processes import workers_of_this_process
from process.watched_pool import Script, WatchedPool, job, outcome, pieces

from phi_providers.errors import NoProvider


async def closed_in_time(pool: WatchedPool) -> None:
    await asyncio.wait_for(pool.pool.close(), 1.0)
    assert [] == workers_of_this_process()
    assert () == pool.pool.status().workers


async def test_a_pool_that_was_never_started(pool: WatchedPool) -> None:
    """Closing what never ran is no error, nor is closing twice."""
    await closed_in_time(pool)
    await closed_in_time(pool)


async def test_a_worker_that_is_just_being_started(pool: WatchedPool) -> None:
    """A process whose start was ordered in this very turn is ended as well."""
    pool.pool.start()
    await closed_in_time(pool)


@pytest.mark.parametrize("turns", range(1, 6))
async def test_a_worker_some_turns_after_its_start_was_ordered(pool: WatchedPool, turns: int) -> None:
    """Whichever step of its start a worker is in, it is ended."""
    pool.pool.start()
    for _ in range(turns):
        await asyncio.sleep(0)
    await closed_in_time(pool)


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


async def test_a_pool_between_two_starts(pool: WatchedPool, script: Script) -> None:
    """A restart that is due does not take place."""
    script.write(load={"then": "fail"})
    await pool.answer("first")
    await closed_in_time(pool)
    assert script.loads() <= 2


async def test_a_closed_pool_takes_nothing(pool: WatchedPool) -> None:
    """After its end a pool refuses."""
    await pool.answer("first")
    await closed_in_time(pool)
    with pytest.raises(NoProvider):
        pool.pool.submit(job("late"))
    assert [] == workers_of_this_process()
