"""Which of two caches a prompt goes on with: one for what is typed, one for the rest, so that they don't evict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

LANES = 2


@dataclass
class Lane:
    """A cache of keys and values, and the tokens that it was computed from."""

    cache: Any
    ids: list[int] = field(default_factory=list)

    def common(self, ids: Sequence[int]) -> int:
        """Return how many of the first tokens are the same."""
        pairs = zip(self.ids, ids, strict=False)
        return next((index for index, (ours, new) in enumerate(pairs) if ours != new), min(len(self.ids), len(ids)))

    def cut(self, length: int) -> None:
        """Keep the first tokens only."""
        if length < len(self.ids):
            self.cache.crop(length)
            del self.ids[length:]


class Lanes:
    """Two lanes, the least recently used first."""

    def __init__(self, make_cache: Callable[[], Any]) -> None:
        self._make_cache = make_cache
        self._lanes: list[Lane] = []

    def choose(self, ids: Sequence[int]) -> Lane:
        """Return the lane to go on with, cut to what it has in common with `ids` less their last token."""
        lane = max(self._lanes, key=lambda lane: lane.common(ids), default=None)
        # A common beginning that is the smaller part of a lane is a header; the lane belongs to another prompt.
        if lane is None or 2 * lane.common(ids) < len(lane.ids):
            lane = Lane(self._make_cache()) if len(self._lanes) < LANES else self._lanes[0]
        keep = min(lane.common(ids), len(ids) - 1)
        if keep == 0:
            self.drop(lane)
            lane = Lane(self._make_cache())
        lane.cut(keep)
        others = [other for other in self._lanes if other is not lane]
        self._lanes = [*others[-(LANES - 1) :], lane]
        return lane

    def drop(self, lane: Lane) -> None:
        """Forget a lane: what its cache holds is not known any more."""
        self._lanes = [other for other in self._lanes if other is not lane]
