"""Work for somebody who waits no longer than until a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def in_time(work: Coroutine[Any, Any, T], deadline: float) -> T | None:
    """Return what the work comes to, None at the deadline, which is a time of the event loop's clock.

    The work then goes on, so that whoever asks next finds it done. It ends when who waits is cancelled.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    try:
        await asyncio.wait({task}, timeout=max(deadline - loop.time(), 0))
    except asyncio.CancelledError:
        task.cancel()
        raise
    if task.done():
        return task.result()
    # Nobody waits for it any more, so nobody is told when it fails.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return None
