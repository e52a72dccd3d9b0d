"""What goes when a prompt is too long: whole parts first, then whole blocks of lines."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from phi_providers.messages import Cut, Part

BLOCK_LINES = 16
"""Edges of the text window move by whole blocks, so that the prompt's beginning stays the same while a person types."""


@dataclass
class _Lines:
    """A part that may lose blocks of lines."""

    part: Part
    starts: Sequence[int]
    """Offset in the part's text at which each of its tokens starts."""
    blocks: int = 0

    def __post_init__(self) -> None:
        text = self.part.text
        self._edges = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
        self._size = self._tokens()

    @property
    def lines_cut(self) -> int:
        # The last line of the text before the cursor is the cursor's own; it stays. What comes after may go altogether.
        most = len(self._edges) - (self.part.cut is Cut.START)
        return min(self.blocks * BLOCK_LINES, most)

    @property
    def text(self) -> str:
        cut = self.lines_cut
        if not cut:
            return self.part.text
        if self.part.cut is Cut.START:
            return self.part.text[self._edges[cut] :]
        # Without the line feed at the new end: the next request's text, which ends with that line, has none either.
        return self.part.text[: max(self._edges[-cut] - 1, 0)]

    def rank(self) -> tuple[int, int]:
        """What goes first: the smaller priority, then the longer text."""
        return self.part.keep, -self._size

    def cut_block(self) -> int:
        """Take one block off and return the number of tokens that went; 0 when nothing is left to take."""
        before = self._size
        self.blocks += 1
        self._size = self._tokens()
        return before - self._size

    def _tokens(self) -> int:
        cut = self.lines_cut
        if self.part.cut is Cut.START:
            return len(self.starts) - bisect_left(self.starts, self._edges[cut])
        return bisect_left(self.starts, self._edges[-cut]) if cut else len(self.starts)


def shorten(
    parts: Sequence[Part], starts: Sequence[Sequence[int]], excess: int
) -> tuple[tuple[Part, ...], dict[str, int]]:
    """Return the parts less at least `excess` tokens, if so many may go, and the lines taken from each named part.

    `starts` holds, for each part, the offset in its text at which each of its tokens starts.
    """
    texts = [part.text for part in parts]
    lines_cut: dict[str, int] = {}
    for index in sorted((i for i, part in enumerate(parts) if part.cut is Cut.WHOLE), key=lambda i: parts[i].keep):
        if excess <= 0:
            break
        excess -= len(starts[index])
        lines_cut[parts[index].name] = _count_lines(texts[index])
        texts[index] = ""
    lines = {i: _Lines(part, starts[i]) for i, part in enumerate(parts) if part.cut in (Cut.START, Cut.END)}
    _cut_lines(list(lines.values()), excess)
    for index, part in lines.items():
        texts[index] = part.text
        lines_cut[part.part.name] = part.lines_cut
    cut = {name: count for name, count in lines_cut.items() if name and count}
    return tuple(replace(part, text=text) for part, text in zip(parts, texts, strict=True)), cut


def _cut_lines(candidates: list[_Lines], excess: int) -> None:
    while excess > 0 and candidates:
        first = min(candidates, key=_Lines.rank)
        went = first.cut_block()
        if not went:
            candidates.remove(first)
        excess -= went


def _count_lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n")) if text else 0
