"""Suggestions being generated: shared, handed from one request to the next, stopped when nobody can use them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from phi_ls.context.continuation import may_continue, typed_since
from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop
from phi_ls.mechanisms import Mechanism, on
from phi_providers.errors import ProviderError, Superseded
from phi_providers.pool import Stream

ATTACHABLE_S = 0.150
"""Editors cancel at every key and ask again within a few milliseconds; so long an abandoned generation waits."""


class Generation:
    """One suggestion on its way: where it began, what has been written, who waits for it."""

    def __init__(
        self,
        snapshot: Snapshot,
        stream: Stream,
        *,
        multiline: bool,
        enough: Callable[[str], bool],
        on_end: Callable[[Generation], None],
    ) -> None:
        self.snapshot = snapshot
        self.stream = stream
        self.multiline = multiline
        self.text = ""
        self.log_probs: list[float] = []
        self.error: ProviderError | None = None
        self.complete = False
        """Whether the text ended of itself; false for one that was stopped half-way, which is not worth keeping."""
        self.written = asyncio.Event()
        """Set once no more text will be added; what it cost is known a token later."""
        self.waiting = 0
        self.seen: Snapshot | None = None
        """The document after its last edit, looked at where this began; None before the first edit."""
        self.drop: Drop | None = None
        """Why the whole text is not worth showing; None if it is, or has not been looked at."""
        self.ahead = False
        """Whether nobody has asked for it yet."""
        self.early = False
        """Whether nobody had asked for it when it was begun."""
        self.overtaken = False
        """Whether the document was closed, or edited into one that does not go on with this text."""
        self._enough = enough
        self._on_end = on_end
        self.task = asyncio.get_running_loop().create_task(self._collect(), name="suggestion")

    @property
    def given_up(self) -> bool:
        """Whether it was begun ahead of time and made room for others: whoever asks now begins anew."""
        return self.early and isinstance(self.error, Superseded)

    @property
    def mean_probability(self) -> float | None:
        """Geometric mean of the tokens' probabilities; None when the engine does not tell them."""
        return math.exp(sum(self.log_probs) / len(self.log_probs)) if self.log_probs else None

    def agrees(self, snapshot: Snapshot) -> bool:
        """Whether this generation answers a request made at `snapshot`: what was typed since is what it writes."""
        typed = typed_since(self.snapshot, snapshot)
        if typed is None:
            return False
        return self.text.startswith(typed) or (typed.startswith(self.text) and not self.written.is_set())

    def stop(self) -> None:
        """Nobody can use it: the engine stops within two tokens."""
        self.stream.close()
        self.task.cancel()
        # A task that is cancelled before its first step never gets as far as its `finally`.
        self._end()

    async def _collect(self) -> None:
        try:
            async for piece in self.stream:
                if self.written.is_set():
                    continue
                self.text += piece.text
                self.log_probs += piece.log_probs
                if self.seen is not None and not may_continue(self.snapshot, self.seen, self.text):
                    # Typed before the model came that far, and now it writes something else.
                    self.stream.close()
                    return
                if self._enough(self.text):
                    self.stream.finish()
                    self.complete = True
                    self._end()
            self.complete = True
        except ProviderError as exc:
            self.error = exc
        finally:
            self._end()

    def _end(self) -> None:
        if not self.written.is_set():
            self.written.set()
            self._on_end(self)


class InFlight:
    """The generations of all documents; at most one of a document is running, by the pool's supersede rule.

    Beside them there may be one that nobody has asked for yet: what follows the end of the suggestion on the screen.
    """

    def __init__(self) -> None:
        self._generations: dict[str, Generation] = {}
        self.ahead: Generation | None = None

    def find(self, snapshot: Snapshot) -> Generation | None:
        """Return the generation that a request at this snapshot can share."""
        if not on(Mechanism.IN_FLIGHT):
            return None
        known = (self._generations.get(snapshot.uri), self.ahead)
        return next((each for each in known if each is not None and each.agrees(snapshot)), None)

    def begin(self, generation: Generation) -> None:
        """A generation has started, or what was made ahead is asked for now; it leaves by itself."""
        uri = generation.snapshot.uri
        if generation is self.ahead:
            self.ahead = None
        self._generations[uri] = generation
        generation.ahead = False
        generation.task.add_done_callback(lambda _: self._leave(uri, generation))

    def begin_ahead(self, generation: Generation) -> None:
        """One that nobody has asked for has started, in place of the last such one; it leaves by itself."""
        self.stop_ahead()
        self.ahead = generation
        generation.ahead = generation.early = True
        generation.task.add_done_callback(lambda _: self._leave_ahead(generation))

    def stop_ahead(self) -> None:
        """Nobody will ask for what is being made ahead."""
        if self.ahead is not None:
            self.ahead.stop()
            self.ahead = None

    async def wait(self, generation: Generation, superseded: asyncio.Event, timeout_s: float) -> bool:
        """Wait until the text is written; False if superseded or the time is up. Being cancelled abandons it."""
        generation.waiting += 1
        watches = [asyncio.ensure_future(event.wait()) for event in (generation.written, superseded)]
        outlasted = False
        try:
            done, _ = await asyncio.wait(watches, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            # Too slow to be waited for is not abandoned: on a slow machine the cache is the only way to a suggestion.
            outlasted = not done
            return generation.written.is_set()
        finally:
            for watch in watches:
                watch.cancel()
            generation.waiting -= 1
            if not (generation.waiting or generation.written.is_set() or outlasted):
                asyncio.get_running_loop().call_later(ATTACHABLE_S, self._stop_if_abandoned, generation)

    def edited(self, uri: str, seen_again: Callable[[Snapshot], Snapshot | None]) -> None:
        """A document changed: stop its generation if the edit contradicts it. `seen_again` looks at the old cursor."""
        generation = self._generations.get(uri)
        if generation is None or generation.written.is_set():
            return
        now = generation.seen = seen_again(generation.snapshot)
        if now is None or not on(Mechanism.IN_FLIGHT) or not may_continue(generation.snapshot, now, generation.text):
            generation.overtaken = True
            generation.stop()

    def closed(self, uri: str) -> None:
        """A document is gone: nobody can use its generation."""
        if self.ahead is not None and self.ahead.snapshot.uri == uri:
            self.stop_ahead()
        generation = self._generations.get(uri)
        if generation is not None:
            generation.overtaken = True
            generation.stop()

    def _stop_if_abandoned(self, generation: Generation) -> None:
        if not generation.waiting and not generation.written.is_set():
            generation.stop()

    def _leave_ahead(self, generation: Generation) -> None:
        if self.ahead is generation:
            self.ahead = None

    def _leave(self, uri: str, generation: Generation) -> None:
        if self._generations.get(uri) is generation:
            del self._generations[uri]
