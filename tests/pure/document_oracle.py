"""What an editor does with a document, written without any of our code."""

from __future__ import annotations

from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]


class Oracle:
    """A document as an editor written in JavaScript has it: one array of UTF-16 code units, and nothing else."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.units = self.to_units(text)
        self.encoding = encoding

    @staticmethod
    def to_units(text: str) -> list[int]:
        """Return the code units of a text."""
        units: list[int] = []
        for code in map(ord, text):
            units += [code] if code < 0x10000 else [0xD800 + ((code - 0x10000) >> 10), 0xDC00 + (code & 0x3FF)]
        return units

    def line_spans(self, units: list[int]) -> list[tuple[int, int]]:
        """Return where each line begins and where its content ends."""
        spans, start, index = [], 0, 0
        while index < len(units):
            if units[index] == 13 and units[index + 1 : index + 2] == [10]:
                spans.append((start, index))
                index += 1
                start = index + 1
            elif units[index] in (10, 13):
                spans.append((start, index))
                start = index + 1
            index += 1
        return [*spans, (start, len(units))]

    def offset(self, line: int, character: int) -> int:
        """Return the unit at which this position is, clamped as the protocol wants it."""
        spans = self.line_spans(self.units)
        if line >= len(spans):
            return len(self.units)
        at, end = spans[line]
        while at < end:
            width = 2 if 0xD800 <= self.units[at] < 0xDC00 else 1
            cost = {"utf-8": self._utf8_bytes(at), "utf-16": width, "utf-32": 1}[self.encoding]
            if character < cost:
                break
            character -= cost
            at += width
        return at

    def _utf8_bytes(self, at: int) -> int:
        unit = self.units[at]
        if 0xD800 <= unit < 0xDC00:
            return 4
        return 1 if unit < 0x80 else 2 if unit < 0x800 else 3

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Replace what is between two positions."""
        first, last = sorted((self.offset(*start), self.offset(*end)))
        self.units[first:last] = self.to_units(text)

    def text(self, start: int = 0, end: int | None = None) -> str:
        """Return these units as a string."""
        raw = b"".join(unit.to_bytes(2, "little") for unit in self.units[start:end])
        return raw.decode("utf-16-le")

    def lines(self) -> list[str]:
        """Return the lines without their endings."""
        return [self.text(start, end) for start, end in self.line_spans(self.units)]
