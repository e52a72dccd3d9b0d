"""Finds files whose lines are known from files that were kept before."""

from __future__ import annotations

from collections.abc import Iterable

LEAST_LINE = 12
"""Shorter lines, stripped, say nothing about where a file comes from."""

MOST_KNOWN = 0.7
"""Share of known lines from which a file counts as a copy."""


class KnownLines:
    """The lines of all kept files, as hashes."""

    def __init__(self) -> None:
        self._lines: set[int] = set()
        self._texts: set[int] = set()

    def is_copy(self, text: str, most_known: float = MOST_KNOWN) -> bool:
        """Whether the text, or at least the given share of its distinct lines, was kept before."""
        lines = telling_lines(text)
        if not lines:
            return hash(text.strip()) in self._texts
        return len(lines & self._lines) >= most_known * len(lines)

    def update(self, texts: Iterable[str]) -> None:
        """Remembers kept files."""
        for text in texts:
            self._texts.add(hash(text.strip()))
            self._lines |= telling_lines(text)


def telling_lines(text: str) -> set[int]:
    """Hashes of a text's distinct lines that are long enough to tell."""
    return {hash(line) for line in map(str.strip, text.split("\n")) if len(line) >= LEAST_LINE}
