"""Notices that a model has begun to turn in circles."""

from __future__ import annotations

SAME_TOKEN = 30
"""So many equal tokens in a row are no code any more."""

LOOP_TOKENS = 64
LONGEST_PERIOD = 16
"""A phrase of up to 16 tokens that has filled 64 tokens has been said four times at least."""


class Repetition:
    """Counts, for each period, for how many tokens the stream has repeated itself."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._runs = [0] * (LONGEST_PERIOD + 1)

    def push(self, token: int) -> bool:
        """Take the next token; return whether the stream is a loop by now."""
        tokens, runs = self._tokens, self._runs
        for period in range(1, min(LONGEST_PERIOD, len(tokens)) + 1):
            runs[period] = runs[period] + 1 if tokens[-period] == token else 0
        tokens.append(token)
        return runs[1] >= SAME_TOKEN - 1 or any(runs[p] >= LOOP_TOKENS - p for p in range(2, LONGEST_PERIOD + 1))
