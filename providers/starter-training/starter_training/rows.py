"""The rows that training sees and their order, the same whoever asks and wherever it was interrupted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from starter_training.copies import copying_row
from starter_training.pack import BEGIN, PADDING

IGNORED = -100


def order(count: int, seed: int, start: int) -> Iterator[int]:
    """Yield row numbers from the `start`-th on, every row once in each epoch, in a new order each time."""
    epoch, skipped = divmod(start, count)
    while True:
        for row in np.random.default_rng((seed, epoch)).permutation(count)[skipped:]:
            yield int(row)
        epoch, skipped = epoch + 1, 0


def batch(rows: np.ndarray, numbers: list[int], copying_every: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return ids and targets, both (batch, positions); padding and the beginnings of samples are no targets.

    With `copying_every` n, the rows whose number n divides end as exercises in copying made of their ids.
    """
    ids = np.stack([rows[number] for number in numbers]).astype(np.int64)
    targets = np.full_like(ids, IGNORED)
    targets[:, :-1] = ids[:, 1:]
    targets[(targets == BEGIN) | (targets == PADDING)] = IGNORED
    for place, number in enumerate(numbers):
        if copying_every and number % copying_every == 0:
            ids[place], known, kept = copying_row(ids[place], (copying_every, number))
            targets[place, kept - 1 : -1] = np.where(known[kept:], ids[place, kept:], IGNORED)
            targets[place, -1] = IGNORED
    return ids, targets
