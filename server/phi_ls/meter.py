"""What the status shows of speed and of work saved."""

from __future__ import annotations

import math
from collections import deque


class Meter:
    """Counts since the start, and the latencies of the last hundred suggestions."""

    def __init__(self) -> None:
        self.prompt_tokens = 0
        self.tokens_reused = 0
        self.suggestions = 0
        """Suggestions shown."""
        self.suggestion_hits = 0
        """Suggestions served from the cache, without the model."""
        self.suggestions_joined = 0
        """Suggestions served from a generation that an earlier request had begun."""
        self.prefetched = 0
        """Suggestions begun before anybody asked for them."""
        self.prefetch_hits = 0
        """Of these, how many were there, or on their way, when somebody did."""
        self._latencies_ms: deque[float] = deque(maxlen=100)

    def worked(self, prompt_tokens: int, tokens_reused: int) -> None:
        """A request was generated."""
        self.prompt_tokens += prompt_tokens
        self.tokens_reused += tokens_reused

    def answered(self, latency_ms: float, *, from_cache: bool, joined: bool = False) -> None:
        """A suggestion was shown."""
        self._latencies_ms.append(latency_ms)
        self.suggestions += 1
        self.suggestion_hits += from_cache
        self.suggestions_joined += joined

    def percentile_ms(self, share: float) -> float | None:
        """Return the nearest-rank percentile of the latencies, None before the first."""
        if not self._latencies_ms:
            return None
        ordered = sorted(self._latencies_ms)
        return round(ordered[max(math.ceil(share * len(ordered)), 1) - 1], 1)
