"""An editor that closes brackets and quotes by itself, as VS Code does."""

from __future__ import annotations

from dataclasses import dataclass

PAIRS = {"(": ")", "[": "]", "{": "}"}
QUOTES = "\"'`"


@dataclass(frozen=True)
class Closer:
    """A closer that stands right of the cursor."""

    opened_at: int
    """Where in the passage its opener is."""
    at: int
    """Where it begins: the closer itself, or the line feed of the line that it has been pushed to."""
    end: int


class Closers:
    """Those that the editor has put there while a passage is typed, the innermost first."""

    def __init__(self, text: str, *, closes: bool) -> None:
        self._text = text
        self._closes = closes
        self._ahead: list[Closer] = []

    @property
    def text(self) -> str:
        """What stands right of the cursor."""
        return "".join(self._text[closer.at : closer.end] for closer in self._ahead)

    @property
    def at(self) -> int:
        """Where in the passage that begins; 0 for nothing."""
        return self._ahead[0].at if self._ahead else 0

    def typed(self, at: int) -> None:
        """The passage's character at this place has been typed: an opener is closed, a closer typed over."""
        if self._ahead and self._ahead[0].at == at:
            del self._ahead[0]
        elif self._closes and (end := self._end_of_pair(at)) is not None:
            self._ahead.insert(0, Closer(at, end, end + 1))

    def entered(self, at: int) -> None:
        """A line was begun with the line feed at this place; between two brackets the closer goes to a line below."""
        if not self._ahead or self._ahead[0].opened_at != at - 1:
            return
        first = self._ahead[0]
        line = self._text.rfind("\n", 0, first.at)
        if line > at and not self._text[line : first.at].strip():
            self._ahead[0] = Closer(first.opened_at, line, first.end)

    def passed(self, done: int) -> int:
        """Return where the cursor is once it has been moved over a closer on a line of its own that begins here."""
        if self._ahead and self._ahead[0].at == done and self._ahead[0].end > done + 1:
            return self._ahead.pop(0).end
        return done

    def deleted(self, done: int) -> None:
        """The passage was taken back to here; with an opener its closer goes."""
        self._ahead = [closer for closer in self._ahead if closer.opened_at < done]

    def _end_of_pair(self, at: int) -> int | None:
        """Return where the pair that opens here is closed in the passage; None if an editor closes nothing here."""
        opener = self._text[at]
        if opener in PAIRS:
            found = _closed(self._text, at)
        elif opener in QUOTES:
            found = _quoted(self._text, at)
        else:
            return None
        nested = found is not None and (not self._ahead or found < self._ahead[0].at)
        return found if nested else None


def _closed(text: str, at: int) -> int | None:
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == text[at]) - (text[place] == PAIRS[text[at]])
        if not depth:
            return place
    return None


def _quoted(text: str, at: int) -> int | None:
    """Return the quote on the same line that ends a string which begins here."""
    quote, before = text[at], text[at - 1 : at]
    if before.isalnum() or before in (quote, "\\") or text[at + 1 : at + 2] == quote:
        return None
    line = text.find("\n", at)
    found = text.find(quote, at + 1, line if line >= 0 else len(text))
    return found if found >= 0 and text[found - 1] != "\\" else None
