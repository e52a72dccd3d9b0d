"""Answers as Markdown that can do no harm, while they are being written: each block as soon as it is final."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from phi_ls.markdown import safe_markdown
from phi_ls.markdown_text import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,32}")


class SafeStream:
    """Takes an answer piece by piece, and gives what `safe_markdown` makes of it in pieces that are never taken back.

    What comes can only change the last block of what is there. In a block of code, the lines that are there stay, too.
    """

    def __init__(self) -> None:
        self.text = ""
        """All that has been given."""
        self._open = ""
        """What has come of blocks that are not given yet, or not to their ends."""
        self._taken = 0
        """Characters of the answer before that."""
        self._code = ""
        """What has been given of the block of code that is open."""

    def add(self, delta: str) -> str:
        """Return what has become final with this piece of the answer; often nothing."""
        self._open += clean(delta)
        if "\n" not in delta:
            return ""
        before = len(self.text)
        blocks = list(_blocks(self._open[: self._open.rindex("\n") + 1]))
        for token, raw in blocks[:-1]:
            self._give(token, raw)
        if blocks and blocks[-1][0].type == "fence":
            self._give_code(blocks[-1][0])
        return self.text[before:]

    def end(self, answer: str) -> str:
        """Return the rest of the answer, of which less may be left than has come."""
        before = len(self.text)
        self._open = clean(answer)[self._taken :]
        for token, raw in list(_blocks(self._open)):
            self._give(token, raw)
        self._close_code()
        return self.text[before:]

    def _give(self, token: Token, raw: str) -> None:
        if token.type == "fence":
            self._give_code(token)
            self._close_code()
        elif safe := safe_markdown(raw):
            self._append(safe)
        self._taken += len(raw)
        self._open = self._open[len(raw) :]

    def _give_code(self, token: Token) -> None:
        """Give those lines of the block that have not been given."""
        code = _code(token)
        if not self._code:
            self._append(code)
        elif code.startswith(self._code):
            self.text += code[len(self._code) :]
        self._code = code

    def _close_code(self) -> None:
        if self._code:
            fence = self._code[: len(self._code) - len(self._code.lstrip("`"))]
            self.text += f"\n{fence}"
            self._code = ""

    def _append(self, block: str) -> None:
        self.text += f"\n\n{block}" if self.text else block


def _blocks(text: str) -> Iterator[tuple[Token, str]]:
    """Yield the first token of each block, and its lines with those that are nothing before the next."""
    # Here, not above: its 40 modules take 17 ms, and an editor waits for the server's start.
    from markdown_it import MarkdownIt

    found = [each for each in MarkdownIt("commonmark").parse(text) if not each.level and each.nesting >= 0 and each.map]
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    edges = [0, *(each.map[0] for each in found[1:] if each.map), len(lines)]
    for token, first, last in zip(found, edges, edges[1:], strict=False):
        yield token, "".join(lines[first:last])


def _code(token: Token) -> str:
    """Return the opening fence and the lines of a block of code, none of which can close it; not the closing fence."""
    size = len(token.markup) if token.markup.startswith("`") else 4
    content = re.sub(f"`{{{size},}}", "`" * (size - 1), clean(token.content).removesuffix("\n"))
    language = _LANGUAGE.match(token.info.strip())
    opening = "`" * size + (language[0] if language else "")
    return f"{opening}\n{content}" if token.content else opening
