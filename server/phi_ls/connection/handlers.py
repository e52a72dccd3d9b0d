"""Runs the handler of one message: plain functions and generators at once, coroutines as tasks."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Generator
from typing import Any

Handler = Callable[..., Any]
_Call = tuple[Handler, "tuple[Any, ...] | None", "dict[str, Any] | None"]
Steps = Generator[_Call, Any, Any]
"""How pygls writes its built-in handlers: each yields the calls of the user's own handlers."""


def start(handler: Handler, *args: Any) -> asyncio.Future[Any]:
    """Return the future of the handler's result.

    It is done already unless the handler, or one that a generator calls, is a coroutine: what a notification changes
    is changed before the next message is looked at.
    """
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    try:
        if inspect.iscoroutinefunction(handler):
            return loop.create_task(handler(*args))
        if inspect.isgeneratorfunction(handler):
            return _advance(handler(*args), None)
        future.set_result(handler(*args))
    except asyncio.CancelledError:
        future.cancel()
    except Exception as exc:  # noqa: BLE001  # the boundary to all features: what they raise becomes the answer
        future.set_exception(exc)
    return future


def _advance(steps: Steps, value: Any) -> asyncio.Future[Any]:
    """Run the generator until it ends or calls a coroutine function."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            handler, args, kwargs = steps.send(value)
        except StopIteration as stop:
            future = loop.create_future()
            future.set_result(stop.value)
            return future
        if inspect.iscoroutinefunction(handler):
            return loop.create_task(_advance_later(steps, handler, args, kwargs))
        value = handler(*(args or ()), **(kwargs or {}))


async def _advance_later(
    steps: Steps, handler: Handler, args: tuple[Any, ...] | None, kwargs: dict[str, Any] | None
) -> Any:
    return await _advance(steps, await handler(*(args or ()), **(kwargs or {})))
