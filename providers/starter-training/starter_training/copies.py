"""Rows that only copying can answer: spans of shuffled ids, each of which comes back.

A network of this size learns late that what stands in its context comes again: after 12.8 million tokens it still lost
2.2 nats a token on the second of two equal random spans. What a file repeats is most of what a small model gets right,
and these rows teach nothing else: their ids are in no order that any other rule explains.
"""

from __future__ import annotations

import numpy as np

SPANS = (2, 8)
"""Different spans in a row, least and most."""
LENGTHS = (6, 64)
"""Ids in a span, least and most."""
UNKNOWABLE = 2
"""So many ids at the beginning of a span tell which one it is."""
SPECIAL_IDS = 16
"""Ids below this are control tokens, which no text holds."""


def copying_row(row: np.ndarray, seed: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return ids made of `row`'s own, and whether each can be known from those before it; both (positions,)."""
    random = np.random.default_rng(seed)
    words = row[row >= SPECIAL_IDS]
    spans = [random.choice(words, random.integers(*LENGTHS)) for _ in range(random.integers(*SPANS))]
    ids: list[int] = []
    known: list[bool] = []
    seen: set[int] = set()
    while len(ids) < len(row):
        chosen = int(random.integers(len(spans)))
        from_ = int(random.integers(len(spans[chosen]) // 2)) if chosen in seen else 0
        span = spans[chosen][from_:]
        ids.extend(span.tolist())
        known.extend(chosen in seen and index >= UNKNOWABLE for index in range(len(span)))
        seen.add(chosen)
    return np.array(ids[: len(row)], row.dtype), np.array(known[: len(row)])
