"""A worker never outlives its parent, however that ends."""

from __future__ import annotations

import asyncio

import pytest
from process.owned import owner_of_a_pool
from process.processes import alive, left_after
from process.watched_pool import Script

SCRIPTS = {
    "loading": lambda script: script.write(load={"ms": 60_000}),
    "idle": lambda script: script.write(),
    "generating": lambda script: script.write({"tokens": ["a"], "then": "forever", "token_ms": 5}),
    "hanging": lambda script: script.write({"tokens": ["a"], "then": "hang_gil"}),
}


@pytest.mark.parametrize("state", SCRIPTS)
async def test_no_worker_is_left_when_its_parent_is_killed(script: Script, state: str) -> None:
    """Two seconds after a SIGKILL of the parent its worker is gone, even one deep in native code."""
    SCRIPTS[state](script)
    async with owner_of_a_pool(script, state) as owner:
        assert alive(owner.worker)
        owner.process.kill()
        await owner.process.wait()
        assert [] == left_after([owner.worker], 2.0)


async def test_no_worker_is_left_when_its_parent_is_interrupted(script: Script) -> None:
    """Ctrl-C reaches the parent alone, and takes the worker with it."""
    async with owner_of_a_pool(script, "idle") as owner:
        owner.process.send_signal(2)
        await asyncio.wait_for(owner.process.wait(), 2.0)
        assert [] == left_after([owner.worker], 2.0)
