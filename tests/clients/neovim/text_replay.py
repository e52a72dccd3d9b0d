"""What a line may read after keys, by the text alone: the oracle for suggestions that come late."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)")


def suggestion_for(before: str) -> tuple[str, str]:
    """Return what the late server suggests for a line up to the cursor."""
    return f"<{before}>", f"[{before}]"


def rests(line: str) -> Iterator[str]:
    """Return what a suggestion may add at the end of a line: one for all of it, or for a part before typing along."""
    for length in range(len(line) + 1):
        before, typed = line[:length], line[length:]
        for text in suggestion_for(before):
            if text.startswith(typed) and text != typed:
                yield text[len(typed) :]


def after(line: str, key: str) -> set[str]:
    """Return how a line may read after a key. An accepting key inserts nothing, or what may be suggested there."""
    if key == "<BS>":
        return {line[:-1]}
    if key == "<F5>":
        return {line, *(line + rest for rest in rests(line))}
    if key == "<F6>":
        return {line, *(line + _first_word(rest) for rest in rests(line))}
    return {line + key.replace("<lt>", "<")}


def after_all(line: str, keys: list[str]) -> set[str]:
    """Return how a line may read after keys."""
    lines = {line}
    for key in keys:
        lines = {result for each in lines for result in after(each, key)}
    return lines


def _first_word(text: str) -> str:
    found = _WORD.match(text)
    return found.group() if found else text
