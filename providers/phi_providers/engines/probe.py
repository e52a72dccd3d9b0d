"""How fast a model is, by one short answer to a prompt that nothing is known of."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from phi_providers.token_engine import Step

PROBE_ANSWER = 8
"""Tokens that are generated to time a decode step."""


def timed(
    run: Callable[[Sequence[int], int, frozenset[int], Step], object], length: int, offset: int
) -> tuple[float, float]:
    """Return the seconds until the first and until the last of `PROBE_ANSWER` tokens behind `length` prompt tokens.

    Any ids do, but another `offset` is needed each time, or the second run would find what the first one has cached.
    """
    times: list[float] = []
    begun = time.perf_counter()

    def step(tokens: Sequence[tuple[int, float]]) -> bool:
        times.extend([time.perf_counter() - begun] * len(tokens))
        return True

    run([256 + (index * 7 + offset) % 997 for index in range(length)], PROBE_ANSWER, frozenset(), step)
    return times[0], times[-1]
