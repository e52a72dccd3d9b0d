"""What the pool hands out for a request: pieces of text as they become final."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from phi_providers.errors import ProviderError
from phi_providers.messages import ModelInfo, ModelProfile, Piece, Started, Usage


class Stream:
    """An asynchronous iterator of pieces; ends with `usage` set, or raises a ProviderError.

    Closing it early cancels the request. One consumer.
    """

    def __init__(self, request_id: int, cancel: Callable[[int], None], finish: Callable[[int], None]) -> None:
        self.id = request_id
        self.started: Started | None = None
        self.usage: Usage | None = None
        self.profile: ModelProfile | None = None
        """Who answers; set when the request reaches a worker."""
        self.model: ModelInfo | None = None
        """What was known of that model before it was loaded; set at the same time."""
        self._cancel = cancel
        self._finish = finish
        self._items: asyncio.Queue[Piece | ProviderError | None] = asyncio.Queue()
        self._ended = False

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> Piece:
        if self._ended and self._items.empty():
            raise StopAsyncIteration
        item = await self._items.get()
        if isinstance(item, ProviderError):
            raise item
        if item is None:
            raise StopAsyncIteration
        return item

    def close(self) -> None:
        """Nobody wants more: take the request out of the queue, or stop it within a token."""
        if not self._ended:
            self._ended = True
            # Whoever waits for the next piece would wait for ever.
            self._items.put_nowait(None)
            self._cancel(self.id)

    def finish(self) -> None:
        """What has come is enough: stop within a token, but let the iteration end by itself, with `usage` set."""
        if not self._ended:
            self._finish(self.id)

    def put(self, piece: Piece) -> None:
        """For the pool: the next piece."""
        self._items.put_nowait(piece)

    def end(self, outcome: Usage | ProviderError) -> None:
        """For the pool: no piece follows."""
        if self._ended:
            return
        self._ended = True
        if isinstance(outcome, Usage):
            self.usage = outcome
            self._items.put_nowait(None)
        else:
            self._items.put_nowait(outcome)
