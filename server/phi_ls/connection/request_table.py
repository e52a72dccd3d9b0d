"""The client's requests in flight. This is the one place that answers them, and it answers each exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pygls.exceptions import JsonRpcRequestCancelled

from phi_ls.connection.json_rpc import MessageId, ServerCancelled

CANCEL_GRACE_S = 0.05
"""A cancelled handler may first end its progress reports, which belong in front of the answer; after this it is
answered for."""


@dataclass
class _Running:
    method: str
    handler: asyncio.Future[Any]
    cancelled: bool = False
    """The client asked for it; otherwise a cancelled handler is the server's own decision."""


@dataclass(frozen=True)
class Outcome:
    """How a request ended: with a result, unless there is an exception."""

    method: str
    result: Any = None
    exception: BaseException | None = None


class RequestTable:
    """Which requests run; one leaves by its only answer, handed to `answer`."""

    def __init__(self, answer: Callable[[MessageId, Outcome], None]) -> None:
        self._answer = answer
        self._running: dict[MessageId, _Running] = {}

    def __contains__(self, message_id: MessageId) -> bool:
        return message_id in self._running

    def add(self, message_id: MessageId, method: str, handler: asyncio.Future[Any]) -> None:
        """Take in a request whose handler has started; answered when the handler ends, at once if it has."""
        entry = self._running[message_id] = _Running(method, handler)
        if handler.done():
            self._finish(message_id, entry)
        else:
            handler.add_done_callback(lambda _: self._finish(message_id, entry))

    def cancel(self, message_id: MessageId) -> None:
        """Cancel the handler as the client asked; ids that are not in flight are ignored."""
        entry = self._running.get(message_id)
        if entry is None or entry.handler.done() or entry.cancelled:
            return
        entry.cancelled = True
        entry.handler.cancel()
        loop = entry.handler.get_loop()
        loop.call_later(CANCEL_GRACE_S, self._leave, message_id, entry, _cancelled(entry))

    def abandon(self) -> None:
        """Answer all that is still running as cancelled by the server, and cancel the handlers."""
        for message_id, entry in list(self._running.items()):
            self._leave(message_id, entry, _cancelled(entry))
            entry.handler.cancel()

    def _finish(self, message_id: MessageId, entry: _Running) -> None:
        handler = entry.handler
        exception = None if handler.cancelled() else handler.exception()
        if handler.cancelled() or (exception is not None and entry.cancelled):
            outcome = _cancelled(entry)
        elif exception is not None:
            outcome = Outcome(entry.method, exception=exception)
        else:
            outcome = Outcome(entry.method, result=handler.result())
        self._leave(message_id, entry, outcome)

    def _leave(self, message_id: MessageId, entry: _Running, outcome: Outcome) -> None:
        if self._running.get(message_id) is not entry:
            return
        del self._running[message_id]
        self._answer(message_id, outcome)


def _cancelled(entry: _Running) -> Outcome:
    if entry.cancelled:
        return Outcome(entry.method, exception=JsonRpcRequestCancelled("the request was cancelled"))
    return Outcome(entry.method, exception=ServerCancelled("the server gave the request up"))
