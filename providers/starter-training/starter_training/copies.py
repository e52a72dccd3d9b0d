"""Rows that end as exercises in copying: spans of their own text and of shuffled ids, each of which comes back.

A network of this size learns late that what stands in its context comes again: after 12.8 million tokens it still lost
2.2 nats a token on the second of two equal random spans. What a file repeats is most of what a small model gets right,
and these spans teach nothing else: they stand in no order that any other rule explains. They follow ordinary text, so
that nothing tells from the beginning that a row is one of these.
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
"""Ids below this are control tokens, which a span does not hold."""


def copying_row(row: np.ndarray, seed: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, int]:
    """Return ids made of `row`'s own, whether each can be known from those before it, and where its text was left."""
    random = np.random.default_rng(seed)
    kept = int(random.integers(1, len(row) // 2))
    spans = [_span(row, kept, random) for _ in range(random.integers(*SPANS))]
    ids: list[int] = row[:kept].tolist()
    known = [True] * kept
    seen = {index for index, (_, written) in enumerate(spans) if written}
    while len(ids) < len(row):
        chosen = int(random.integers(len(spans)))
        from_ = int(random.integers(len(spans[chosen][0]) // 2)) if chosen in seen else 0
        span = spans[chosen][0][from_:]
        ids.extend(span.tolist())
        known.extend(chosen in seen and index >= UNKNOWABLE for index in range(len(span)))
        seen.add(chosen)
    return np.array(ids[: len(row)], row.dtype), np.array(known[: len(row)]), kept


def _span(row: np.ndarray, kept: int, random: np.random.Generator) -> tuple[np.ndarray, bool]:
    """Return a piece of the text that is kept, or ids in any order, and whether it stands in the row already."""
    length = int(random.integers(*LENGTHS))
    first = int(random.integers(kept))
    piece = row[first : first + length]
    if random.random() < 0.5 and first + length <= kept and piece.min() >= SPECIAL_IDS:
        return piece, True
    return random.choice(row[row >= SPECIAL_IDS], length), False
