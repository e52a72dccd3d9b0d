"""Edit similarity of two texts."""

from __future__ import annotations

import numpy as np


def similarity(first: str, second: str) -> float:
    """Return 1 less the Levenshtein distance as a share of the longer text; 1 for two empty ones."""
    longest = max(len(first), len(second))
    return 1.0 - distance(first, second) / longest if longest else 1.0


def distance(first: str, second: str) -> int:
    """Return the Levenshtein distance: the fewest characters to insert, delete or replace."""
    codes = np.array([ord(char) for char in second], dtype=np.int64)
    columns = np.arange(len(second) + 1)
    row = columns
    for index, char in enumerate(first, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(char)))
        # Insertions run along the row: each cell is at most one more than the cell to its left.
        row = np.minimum.accumulate(np.concatenate(([index], best)) - columns) + columns
    return int(row[-1])
