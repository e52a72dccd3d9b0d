"""Processes that are stopped for a while: by a debugger, by Ctrl-Z, by a closed lid."""

from __future__ import annotations

import asyncio

import psutil
from process.owned import Owner, owner_of_a_pool
from process.processes import alive, left_after
from process.watched_pool import Script, WatchedPool, outcome, pieces

from phi_providers.errors import WorkerHung

STOPPED_S = 2.6
"""Longer than a worker may be silent."""

SLOW = {"tokens": list("abcdefghij"), "token_ms": 100}


async def test_a_stopped_worker_is_found_and_replaced(pool: WatchedPool, script: Script) -> None:
    """A worker stopped in the middle of its work hangs: found within 2.5 s, ended, and the next request succeeds."""
    script.write({"when": "slow", **SLOW})
    stream = pool.submit("slow")
    await pieces(stream, 1)
    psutil.Process(pool.pids[0]).suspend()
    result = await asyncio.wait_for(outcome(stream), 2.5)
    assert isinstance(result.error, WorkerHung)
    assert "echo(4)" == (await pool.answer("next")).text


async def resumed_outcome(owner: Owner, *stopped: psutil.Process) -> str:
    for process in stopped:
        process.suspend()
    # Nobody may end the worker while its parent is stopped; after that time it must still be there.
    assert [owner.worker] == left_after([owner.worker], STOPPED_S)
    for process in stopped:
        process.resume()
    return await owner.outcome()


async def test_a_worker_is_not_blamed_for_its_parents_stop(script: Script) -> None:
    """When the parent alone was stopped, the answer that came meanwhile is read and whole."""
    script.write(SLOW)
    async with owner_of_a_pool(script, "generating") as owner:
        assert "abcdefghij" == await resumed_outcome(owner, owner.itself)
        assert alive(owner.worker)


async def test_a_worker_is_not_blamed_for_a_stop_of_the_whole_machine(script: Script) -> None:
    """When parent and worker were stopped together, they go on together."""
    script.write(SLOW)
    async with owner_of_a_pool(script, "generating") as owner:
        assert "abcdefghij" == await resumed_outcome(owner, owner.itself, owner.worker)
        assert alive(owner.worker)


async def test_a_stopped_worker_does_not_delay_the_end(pool: WatchedPool) -> None:
    """A worker that cannot hear is killed."""
    await pool.answer("first")
    worker = psutil.Process(pool.pids[0])
    worker.suspend()
    await asyncio.wait_for(pool.pool.close(), 1.0)
    assert not alive(worker)
