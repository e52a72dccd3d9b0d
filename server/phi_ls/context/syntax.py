"""The syntax tree of a text, brought up to date by parsing only what has changed since the last time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Point, Tree

from phi_ls.context.grammars import parse


@dataclass(frozen=True)
class Parsed:
    r"""A text in UTF-8, its lines joined by \n, and its tree."""

    source: bytes
    tree: Tree
    whole: bool
    """False: time ran out, and the tree is of the text's beginning only."""


class Syntax:
    """Remembers the last tree of one document. In 10,000 lines a key costs a millisecond or two, not thirty."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._last: Parsed | None = None

    def of(self, lines: Sequence[str]) -> Parsed | None:
        """Return the tree of these lines; None for a language without a grammar."""
        source = "\n".join(lines).encode("utf-8", "replace")
        if self._last is None or self._last.source != source:
            known = _moved(self._last, source) if self._last is not None and self._last.whole else None
            found = parse(source, self._language, known)
            self._last = Parsed(source, *found) if found is not None else None
        return self._last


def _moved(last: Parsed, source: bytes) -> Tree:
    """Return a copy of the last tree that knows which part of its text has been replaced."""
    start = _alike(last.source, source)
    end = _alike(last.source[start:], source[start:], from_end=True)
    tree = last.tree.copy()
    tree.edit(
        start_byte=start,
        old_end_byte=len(last.source) - end,
        new_end_byte=len(source) - end,
        start_point=_point(source, start),
        old_end_point=_point(last.source, len(last.source) - end),
        new_end_point=_point(source, len(source) - end),
    )
    return tree


def _alike(one: bytes, other: bytes, *, from_end: bool = False) -> int:
    """Return how many bytes both begin, or end, with; by halves, for comparing slices is quick and a loop is not."""
    same, most = 0, min(len(one), len(other))
    while same < most:
        middle = (same + most + 1) // 2
        first, last = (len(one) - middle, len(one) - same) if from_end else (same, middle)
        shift = len(other) - len(one) if from_end else 0
        if one[first:last] == other[first + shift : last + shift]:
            same = middle
        else:
            most = middle - 1
    return same


def _point(source: bytes, offset: int) -> Point:
    return Point(source.count(b"\n", 0, offset), offset - source.rfind(b"\n", 0, offset) - 1)
