"""The beginning of an identifier in front of a column."""

from __future__ import annotations

import re

_ENDING = re.compile(r"[^\W\d]\w*\Z")


def word_before(line: str, column: int) -> str:
    """Return the beginning of an identifier that ends at the column, empty if none does."""
    found = _ENDING.search(line, 0, column)
    return found.group() if found else ""
