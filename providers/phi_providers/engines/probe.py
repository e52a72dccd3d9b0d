"""How fast a model is, by one short answer to a prompt that nothing is known of."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from phi_providers.token_engine import Step

PROBE_ANSWER = 8
"""Tokens that are generated to time a decode step."""

_SPREAD = 997
"""Different ids in a prompt; a prime, so that steps of seven go through them all before the prompt repeats itself."""


def timed(
    run: Callable[[Sequence[int], int, frozenset[int], Step], object],
    length: int,
    offset: int,
    vocabulary: int = 256 + _SPREAD,
) -> tuple[float, float]:
    """Return the seconds to the first token behind `length` prompt tokens, and for each of those that followed it.

    Any ids do, but another `offset` is needed each time, or the second run would find what the first one has cached.
    An engine that ends by itself may write fewer than `PROBE_ANSWER` tokens.
    """
    times: list[float] = []
    begun = time.perf_counter()

    def step(tokens: Sequence[tuple[int, float]]) -> bool:
        times.extend([time.perf_counter() - begun] * len(tokens))
        return True

    first = max(0, min(256, vocabulary - _SPREAD))
    ids = [first + (index * 7 + offset) % min(_SPREAD, vocabulary) for index in range(length)]
    run(ids, PROBE_ANSWER, frozenset(), step)
    return times[0], (times[-1] - times[0]) / max(len(times) - 1, 1)
