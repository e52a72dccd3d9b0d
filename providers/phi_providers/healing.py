"""Token healing: the unfinished word goes back to the model, which writes it in the tokens it would have chosen.

`self.ba` ends in the token `ba`, but `self.bar` has one token `bar`: a prompt that ends in the middle of a word is one
that the model has never seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from phi_providers.prompt import Fitted


@dataclass(frozen=True)
class Healing:
    """A prompt less the tokens that hold its unfinished word."""

    ids: tuple[int, ...]
    fragment: str
    """What went with these tokens; the answer must begin with it."""
    tokens: int
    """How many went."""
    opens_text: bool
    """Nothing of the last text is left, so the answer begins it."""


def take_off(fitted: Fitted, word: str) -> Healing | None:
    """Return the prompt without the tokens that cover `word` at the end of its last text; None when it is not there."""
    tail = fitted.tail
    if not word or not tail.text.endswith(word):
        return None
    start, first = len(tail.text) - len(word), len(tail.encoded.ids)
    # A token may begin before the word (` fo`), or in the middle of a character that an earlier token begins.
    while first and tail.encoded.spans[first - 1][1] > start:
        first -= 1
        start = min(start, tail.encoded.spans[first][0])
    count = len(tail.encoded.ids) - first
    after = tail.first + len(tail.encoded.ids)
    ids = fitted.ids[: tail.first + first] + fitted.ids[after:]
    return Healing(ids, tail.text[start:], count, first == 0) if count and ids else None
