"""Explanations that turn in circles: what a model writes when it has nothing more to say and does not stop."""

from __future__ import annotations

import re

_LONGEST_WORDS = 24
"""Of a phrase. What comes back after more words is an argument that is made again, not a loop."""

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\S+")
_FENCE = "```"


def without_circles(text: str) -> str:
    """Return the text, cut after the first round of the phrase in whose repetition it ends; unchanged if in none.

    What stands in a block of code or a table may repeat itself, and so may numbers and rulers.
    """
    if text.count(_FENCE) % 2:
        return text
    words = list(_WORD.finditer(text))
    said = [word.group() for word in words]
    for size in range(1, _LONGEST_WORDS + 1):
        # "very, very" is English, a phrase said three times is not.
        needed = size * (3 if size > 2 else 4)
        phrase = said[-size:]
        if said[-needed:] == phrase * (needed // size) and _LETTER.search("".join(phrase)) and "|" not in phrase:
            first = len(said) - needed
            while first > 0 and said[first - 1] == said[first - 1 + size]:
                first -= 1
            return f"{text[: words[first + size - 1].end()].rstrip(' ,;:')} …"
    return text
