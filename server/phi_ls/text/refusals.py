"""Documents no suggestion is made in: too large, or not text."""

from __future__ import annotations

from dataclasses import dataclass

from phi_ls.decisions import Drop, Reason
from phi_ls.messages.text import say

MAX_CHARS = 2_000_000
MAX_LINE_CHARS = 20_000
"""Longer lines are generated or minified: a prompt could hold none of them."""
MAX_LINES = 100_000
MAX_KEPT = 2
"""Beyond the limits times this the text is not even kept: splitting 10 MB into short lines takes 700 ms."""
_UNPRINTABLE = bytes({*range(0x20)} - {*b"\0\t\n\v\f\r\x1b"} | {0x7F})
_UNPRINTABLE_SHARE = 10
_UNPRINTABLE_LEAST = 8
"""One in ten characters, and more than eight of them: a stray control character in a short text proves nothing."""


@dataclass
class Contents:
    """Counts that decide on a refusal, kept up to date by what an edit takes out and puts in."""

    kept: bool = True
    """False: there is too much text to keep track of, until the document is opened or replaced as a whole."""
    chars: int = 0
    lines: int = 0
    long_lines: int = 0
    nuls: int = 0
    unprintable: int = 0

    def admit(self, text: str) -> bool:
        """Return whether this text can be added; if not, nothing is kept from now on."""
        lines = text.count("\n") + text.count("\r") - text.count("\r\n")
        self.kept = self.chars + len(text) <= MAX_KEPT * MAX_CHARS and self.lines + lines <= MAX_KEPT * MAX_LINES
        return self.kept

    def count_text(self, text: str, sign: int = 1) -> None:
        """Add this text's characters, or take them off with `sign` −1."""
        self.chars += sign * len(text)
        self.nuls += sign * text.count("\0")
        # Only codecs and bytes.translate: a loop over the characters would take seconds for the largest text.
        encoded = text.encode()
        controls = len(encoded) - len(encoded.translate(None, _UNPRINTABLE))
        self.unprintable += sign * (controls + (0 if text.isascii() else text.count("\ufffd")))

    def count_lines(self, lines: list[str], sign: int = 1) -> None:
        """Add these lines, or take them off with `sign` −1."""
        self.lines += sign * len(lines)
        self.long_lines += sign * sum(len(line) > MAX_LINE_CHARS for line in lines)

    def refusal(self) -> Drop | None:
        """Return why no suggestion is made, or None."""
        if not self.kept:
            return Drop(reason=Reason.TOO_LARGE, detail=say("The document is too large to keep track of."))
        if self.chars > MAX_CHARS:
            detail = say("The document has more than {limit:,} characters.", limit=MAX_CHARS)
            return Drop(reason=Reason.TOO_LARGE, detail=detail)
        if self.lines > MAX_LINES:
            detail = say("The document has more than {limit:,} lines.", limit=MAX_LINES)
            return Drop(reason=Reason.TOO_LARGE, detail=detail)
        if self.long_lines:
            detail = say("A line has more than {limit:,} characters.", limit=MAX_LINE_CHARS)
            return Drop(reason=Reason.TOO_LARGE, detail=detail)
        if self.nuls:
            return Drop(reason=Reason.BINARY, detail=say("The document has NUL characters: it is no text."))
        if self.unprintable > _UNPRINTABLE_LEAST and self.unprintable * _UNPRINTABLE_SHARE > self.chars:
            detail = say("A tenth of the document is control characters: it is no text.")
            return Drop(reason=Reason.BINARY, detail=detail)
        return None
