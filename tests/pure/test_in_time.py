"""Waiting until a deadline for work that goes on behind it."""

from __future__ import annotations

import asyncio

import pytest

from phi_ls.answers.in_time import in_time


class Work:
    """Work that ends when it is allowed to."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def __call__(self, error: Exception | None = None) -> str:
        """Do it."""
        self.begun.set()
        try:
            await self.may_end.wait()
        finally:
            self.ended.set()
        if error is not None:
            raise error
        return "done"


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_is_done_in_time_is_returned() -> None:
    """Or raised."""
    work = Work()
    work.may_end.set()
    assert "done" == await in_time(work(), now() + 3600)
    with pytest.raises(ValueError, match="bad"):
        await in_time(work(ValueError("bad")), now() + 3600)


async def test_at_the_deadline_nobody_waits_any_more() -> None:
    """The work goes on to its end."""
    work = Work()
    assert None is await in_time(work(), now() - 1)
    await work.begun.wait()
    assert not work.ended.is_set()
    work.may_end.set()
    await work.ended.wait()


async def test_work_that_fails_later_is_not_reported_as_lost() -> None:
    """The loop would complain of an exception that nobody has looked at."""
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    work = Work()
    assert None is await in_time(work(ValueError("bad")), now())
    work.may_end.set()
    (task,) = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait({task})
    del task
    assert [] == complaints


async def test_the_work_ends_with_who_waits() -> None:
    """A hover that is cancelled begins nothing."""
    work = Work()
    waiting = asyncio.ensure_future(in_time(work(), now() + 3600))
    await work.begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await work.ended.wait()
