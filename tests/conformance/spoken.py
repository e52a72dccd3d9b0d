"""Two changes to what the built-in model says, so that its answers have what no prompt can make it write.

A character of several tokens: the texts of two tokens that it is known to write one after the other are exchanged
with those of the two bytes of one character. An end: a token that it is known to write ends its answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from phi_providers.detokenizer import token_bytes

CHARACTER = "é"

SURE = 0.3
"""A token so much likelier than the next one is chosen by all engines, whatever their precision."""


@dataclass(frozen=True)
class Answered:
    """A prompt and what the model answers, with the tokens of both and how sure it was of each."""

    text: str
    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    margins: tuple[float, ...]

    def places(self, width: int, first: int = 0) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield runs of different tokens that the model is sure of and that come for the first time, and where."""
        sure = len(list(takewhile(lambda margin: margin > SURE, self.margins)))
        for place in range(first, min(sure, len(self.answer)) - width + 1):
            run = self.answer[place : place + width]
            if len(set(run)) == width and not set(run) & {*self.prompt, *self.answer[:place]}:
                yield place, run


@dataclass(frozen=True)
class Place:
    """A prompt, the tokens of its answer that were given another meaning, and how many come before them."""

    prompt: str
    before: int
    tokens: tuple[int, ...]


def choose(
    answers: Iterable[Answered], tokenizer: Path, spared: frozenset[int], *, width: int, first: int = 0
) -> Place:
    """Return a place for so many tokens, the `first` or later in an answer; none is spared if that can be had."""
    table = token_bytes(json.loads(tokenizer.read_text("utf-8")))
    found: dict[int, Place] = {}
    for answered in answers:
        for before, tokens in answered.places(width, first):
            if all(table[token] for token in tokens):
                found.setdefault(len(spared & set(tokens)), Place(answered.text, before, tokens))
        if 0 in found:
            break
    assert found, "in no answer is the model sure of tokens that its prompt does not have"
    return found[min(found)]


def retold(tokenizer: Path, tokens: tuple[int, ...]) -> str:
    """Return tokenizer.json with these tokens renamed to the bytes of the character, and the other way round."""
    data: dict[str, Any] = json.loads(tokenizer.read_text("utf-8"))
    table = token_bytes(data)
    vocabulary = data["model"]["vocab"]
    names = {index: name for name, index in vocabulary.items()}
    for token, byte in zip(tokens, CHARACTER.encode(), strict=True):
        other = table.index(bytes([byte]))
        vocabulary[names[token]], vocabulary[names[other]] = other, token
    return json.dumps(data)
