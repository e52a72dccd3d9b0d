"""The identifier at a column of a line."""

from __future__ import annotations

import re

_ENDING = re.compile(r"[^\W\d]\w*\Z")
_BEGINNING = re.compile(r"\w*")


def word_before(line: str, column: int) -> str:
    """Return the beginning of an identifier that ends at the column, empty if none does."""
    found = _ENDING.search(line, 0, column)
    return found.group() if found else ""


def word_at(line: str, column: int) -> str:
    """Return the whole identifier that the column touches, empty if none."""
    before = word_before(line, column)
    after = _BEGINNING.match(line, column)
    word = before + (after.group() if after else "")
    return word if not word[:1].isdigit() else ""
