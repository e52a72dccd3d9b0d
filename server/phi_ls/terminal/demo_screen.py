"""How the demo shows things: code with ghost text, what an answer cost, text that is still being written."""

from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

CURSOR = "▏"
INDENT = 3
LINES_SHOWN = 5
"""Lines of the document above the cursor, its own included."""

GHOST = "italic bright_black"


def title(console: Console, text: str) -> None:
    """Begin a section."""
    console.print()
    console.print(Text(text, style="bold"))


def code(console: Console, text: str, ghost: str) -> None:
    """Show the end of a document, the cursor, and what is suggested there."""
    lines = text.split("\n")
    first = max(0, len(lines) - LINES_SHOWN)
    while first < len(lines) - 1 and not lines[first].strip():
        first += 1
    shown = Syntax("", "python", theme="ansi_dark").highlight("\n".join(lines[first:]))
    # The highlighter ends what it gets with a line end.
    shown.right_crop(len(shown.plain) - len("\n".join(lines[first:])))
    shown.append(CURSOR, style="bold cyan").append(ghost, style=GHOST)
    _print(console, shown)


def fact(console: Console, *parts: str) -> None:
    """Show what an answer cost, in one line."""
    _print(console, Text(" · ".join(part for part in parts if part), style="cyan"))


def prose(console: Console, text: str) -> None:
    """Show a paragraph of our own."""
    _print(console, Text(text))


def markdown(console: Console, text: str) -> None:
    """Show what the server made safe to be shown as Markdown."""
    _print(console, Markdown(text, hyperlinks=False))


def _print(console: Console, shown: Text | Markdown) -> None:
    console.print(Padding(shown, (0, 0, 0, INDENT), expand=False))


class Flow:
    """Text as it comes in, broken at spaces to the terminal's width; what is beyond `most` lines is only counted."""

    def __init__(self, console: Console, most: int) -> None:
        self._console = console
        self._width = console.width - INDENT - 1
        self._most = most
        self._column = 0
        self._lines = 1
        self._word = ""
        self.left_out = 0
        """Characters that were not shown."""

    def feed(self, text: str) -> None:
        """Show a piece; a word is held back until it is known where it ends."""
        for character in text:
            if character not in " \n\t":
                self._word += character
                continue
            self._flush()
            if character == "\n":
                self._break()
            else:
                self._put(" ")

    def end(self) -> None:
        """Show the last word."""
        self._flush()
        if self._column:
            self._console.print()

    def _flush(self) -> None:
        word, self._word = self._word, ""
        if self._column + len(word) > self._width and self._column:
            self._break()
        self._put(word)

    def _break(self) -> None:
        if self._column:  # blank lines are left out: a model that has lost its way writes little else
            self._column = 0
            self._lines += 1
            self._show("\n")

    def _put(self, text: str) -> None:
        if not text or (text == " " and not self._column):
            return
        self._show(text if self._column else " " * INDENT + text)
        self._column += len(text)

    def _show(self, text: str) -> None:
        if self._lines > self._most:
            self.left_out += len(text.strip())
        else:
            self._console.print(Text(text), end="", soft_wrap=True)
