"""When somebody takes a suggestion: it is what they mean to write, worth the key, and has been there to be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

READ_MS = 250.0
"""So long a suggestion stands on the screen before it is taken, typed along or not."""
WORTH = 3
"""Characters at least; less is typed sooner than it is read."""
_WORD = re.compile(r"\s*(\w+|[^\w\s]+)")
"""What editors take with the key for one word."""


@dataclass(frozen=True)
class Acceptance:
    """How much of a suggestion is taken, and with how many keys."""

    characters: int
    keys: int
    whole: bool


def acceptance(suggestion: str, meant: str, shown_ms: float) -> Acceptance | None:
    """Return what is taken of a suggestion by somebody who means to write `meant`; None for nothing.

    All of it where it is what they mean, else the first words that are.
    """
    if shown_ms < READ_MS or not suggestion:
        return None
    if meant.startswith(suggestion):
        return Acceptance(len(suggestion), 1, True) if len(suggestion.strip()) >= WORTH else None
    taken, keys = _words(suggestion, meant)
    return Acceptance(taken, keys, False) if len(meant[:taken].strip()) - keys >= WORTH - 1 else None


def _words(suggestion: str, meant: str) -> tuple[int, int]:
    """Return the characters and the number of the first words that both have in common, whole in both."""
    taken = keys = 0
    while (word := _WORD.match(suggestion, taken)) and "\n" not in word[0]:
        other = _WORD.match(meant, taken)
        if other is None or other[0] != word[0]:
            break
        taken, keys = word.end(), keys + 1
    return taken, keys
