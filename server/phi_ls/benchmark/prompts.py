"""Prompts to measure with: code that no cache has seen, of any length."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass

from phi_providers.messages import Control, Part

BEGUN = "    total_500 = measure(first="
"""A prompt ends in the middle of a line: where one is complete, some models have nothing more to say."""

APPENDED = "417, second="
"""What is written on at the end of a cached prompt: half a dozen tokens, a key or two of somebody typing."""

APPENDED_TOKENS = 16
"""More than any tokenizer makes of it."""


def salt() -> str:
    """Return what makes the prompts of this run new, also to a server whose cache outlives the run."""
    return "".join(random.choices(string.ascii_lowercase, k=8))  # noqa: S311  # no secret


@dataclass(frozen=True)
class Prompts:
    """The prompts of one run; each begins with a word of its own, for a prefix cache works from the front."""

    salt: str

    def text(self, number: int, lines: int) -> str:
        """Return prompt `number`: so many whole lines, with about as many tokens in each, and one begun."""
        dice = random.Random(f"{self.salt} {number}")  # noqa: S311  # the same for all engines of a run
        word = "".join(dice.choices(string.ascii_lowercase, k=8))
        return "".join([f"{word} = {number}\n", *(_line(dice) for _ in range(lines - 1)), BEGUN])


def _line(dice: random.Random) -> str:
    a, b, c = (dice.randrange(100, 1000) for _ in range(3))
    return f"    total_{a} = measure(first={b}, second={c})\n"


def parts(text: str) -> tuple[Part, ...]:
    """Return the prompt that continues a text, for any family of models; it is never cut."""
    return (Part(control=Control.BEGIN), Part(text=text))


def lines_for(wanted_tokens: int, lines: int, tokens: int) -> int:
    """Return how many lines make so many tokens, given that `lines` of them made `tokens`."""
    return max(round(lines * wanted_tokens / max(tokens, 1)), 1)
