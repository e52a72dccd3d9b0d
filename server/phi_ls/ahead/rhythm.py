"""How fast somebody types, and how long decoding should wait for the next key because of it."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence

from cachetools import LRUCache

from phi_ls.speeds import LINE_LIMIT_MS

KEYS = 8
"""Gaps remembered of each document: the last word or two."""

PAUSE_MS = 1000.0
"""A longer gap is a pause for thought, and tells nothing about the next key of a burst."""

BURST_KEYS = 3
"""Gaps from which on there is a rhythm to speak of."""

PATIENCE = 1.25
"""In typical gaps: when the next key has not come after so much, it is more likely a pause than a late key."""

LONGEST_WAIT_MS = 250.0
"""The mean gap of people who copy text is 239 ms (Dhakal et al. 2018): one who is slower is in no burst."""


class Rhythm:
    """The gaps between the last keys in each document."""

    def __init__(self, documents: int = 200, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: LRUCache[str, float] = LRUCache(documents)
        self._gaps: LRUCache[str, deque[float]] = LRUCache(documents)

    def key(self, uri: str) -> None:
        """A document was edited now."""
        now = self._clock()
        gaps = self._gaps.setdefault(uri, deque(maxlen=KEYS))
        if (last := self._last.get(uri)) is not None:
            gaps.append((now - last) * 1000)
        self._last[uri] = now

    def gaps_ms(self, uri: str) -> tuple[float, ...]:
        """Return the last gaps in milliseconds, the newest last."""
        return tuple(self._gaps.get(uri, ()))


def decode_wait_ms(gaps_ms: Sequence[float], *, line_ms: float, line_begun: bool) -> float:
    """Return how long to wait for another key, the prompt being computed meanwhile, before a line is decoded.

    `line_ms`: how long decoding a line takes; 0: nothing is known. `line_begun`: whether the line has text in front of
    the cursor; at its beginning people stop to think, and a suggestion is wanted most.
    """
    burst = _burst(gaps_ms)
    if line_ms <= LINE_LIMIT_MS or not line_begun or len(burst) < BURST_KEYS:
        # What is quick enough to suggest while somebody types is also stopped quickly when the key was another one;
        # waiting would only keep from the screen what could be typed along.
        return 0.0
    typical = statistics.median(burst)
    if typical > LONGEST_WAIT_MS:
        # Nobody can say that there will be another key.
        return 0.0
    return min(PATIENCE * typical, LONGEST_WAIT_MS)


def _burst(gaps_ms: Sequence[float]) -> Sequence[float]:
    """Return the gaps since the last pause."""
    newest_pause = max((place for place, gap in enumerate(gaps_ms) if gap >= PAUSE_MS), default=-1)
    return gaps_ms[newest_pause + 1 :]
