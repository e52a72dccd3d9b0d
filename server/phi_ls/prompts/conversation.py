"""What has been said about a piece of code, as far as it has a place in a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHARE = 0.3
"""Of the model's context, at most, for what has been said before; the code needs the rest."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A question and its answer; no question where the answer is the explanation itself."""

    answer: str
    question: str = ""


def newest(turns: Sequence[Turn], tokens: int, chars_per_token: float) -> tuple[Turn, ...]:
    """Return the newest turns that take about so many tokens, in order; the last is shortened rather than left out."""
    room = int(tokens * chars_per_token)
    kept: list[Turn] = []
    for turn in reversed(turns):
        size = len(turn.question) + len(turn.answer)
        if size > room and kept:
            break
        kept.append(Turn(question=turn.question, answer=turn.answer[: max(0, room - len(turn.question))]))
        room -= size
    return tuple(reversed(kept))
