"""Prompts that stay in memory: each lane is one long-lived generator with the keys and values of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class Lane:
    """A generator, and what it has computed. Any method may raise RuntimeError, the only exception of the library."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator
        self._held: list[int] = []
        self._pending: int | None = None

    def common(self, ids: Sequence[int]) -> int:
        """Return how many of the first tokens are there already; the last one is always computed anew."""
        most = min(len(self._held), len(ids) - 1)
        return next((place for place in range(most) if self._held[place] != ids[place]), most)

    @property
    def length(self) -> int:
        """Tokens held."""
        return len(self._held)

    def rewind(self, ids: Sequence[int]) -> int:
        """Forget what these ids do not begin with; return how many tokens the generator says it still has."""
        count = self.common(ids)
        # Until it is told, the generator counts the last token of the answer before, which was never computed.
        self._generator.rewind_to(count)
        self._pending = None
        del self._held[count:]
        return int(self._generator.token_count())

    def append(self, ids: Sequence[int]) -> None:
        """Compute tokens of the prompt."""
        self._generator.append_tokens(np.array(ids, np.int32))
        self._held += ids

    def next(self) -> tuple[int, float]:
        """Return the likeliest token and its log-probability."""
        logits = self._generator.get_logits()[0, -1].astype(np.float64)
        if self._pending is not None:
            self._held.append(self._pending)
        self._generator.generate_next_token()
        token = self._pending = int(self._generator.get_next_tokens()[0])
        peak = float(logits.max())
        return token, float(logits[token]) - peak - float(np.log(np.exp(logits - peak).sum()))

    @property
    def done(self) -> bool:
        """Whether the generator has written its own end token, or is full."""
        return bool(self._generator.is_done())


class Lanes:
    """Some lanes, the least recently used first. `make` makes a generator."""

    def __init__(self, make: Callable[[], Any], most: int) -> None:
        self._make = make
        self._most = most
        self._lanes: list[Lane] = []

    def take(self, ids: Sequence[int]) -> Lane:
        """Return the lane for these ids: one that loses less than half of what it holds, a new one, or the oldest."""
        best = max(self._lanes, key=lambda lane: lane.common(ids), default=None)
        if best is None or 2 * best.common(ids) < min(best.length, len(ids)):
            best = Lane(self._make()) if len(self._lanes) < self._most else self._lanes[0]
        self.drop(best)
        self._lanes.append(best)
        return best

    def drop(self, lane: Lane) -> None:
        """Forget a lane; its generator may be in any state after an error."""
        self._lanes = [each for each in self._lanes if each is not lane]

    def clear(self) -> None:
        """Forget all lanes."""
        self._lanes.clear()
