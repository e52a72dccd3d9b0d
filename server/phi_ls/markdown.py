"""Model answers as Markdown that can do no harm: text, emphasis, code and lists; everything else becomes text.

An answer is parsed and written anew from its tokens. What a token's text holds is escaped so that neither CommonMark
nor GitHub's extensions (autolinks, tables, strikethrough), which clients add, find a construct in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from phi_ls import markdown_text
from phi_ls.markdown_text import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_CHARS = 60_000
"""The rest of a longer answer is cut; the longest answer of a model is a quarter of it."""

_HEADING = re.compile(r"h[1-6]")


def safe_markdown(text: str) -> str:
    """Return the answer as Markdown without links, images, HTML, icons or invisible characters."""
    return _Writer(plain=False).document(text)


def plain_text(text: str) -> str:
    """Return the answer for clients without Markdown: the same text without marks."""
    return _Writer(plain=True).document(text)


def code_block(text: str, language: str) -> str:
    """Return the text as a fenced block that nothing in it can close."""
    content = clean(text).rstrip("\n")
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    name = language if re.fullmatch(r"[A-Za-z0-9_+#.-]{1,32}", language) else ""
    return f"{fence}{name}\n{content}\n{fence}"


class _Writer:
    """Writes the blocks of a parsed answer; `plain`: without marks and escapes."""

    def __init__(self, *, plain: bool) -> None:
        self._plain = plain

    def document(self, text: str) -> str:
        # Here, not above: its 40 modules take 17 ms, and an editor waits for the server's start.
        from markdown_it import MarkdownIt

        parsed = MarkdownIt("commonmark").parse(clean(text[:MAX_CHARS]))
        return "\n\n".join(self._blocks(parsed))

    def _blocks(self, tokens: Sequence[Token]) -> list[str]:
        """Return the blocks among sibling tokens, each as lines without a container's indentation."""
        blocks, at = [], 0
        while at < len(tokens):
            end = _closing(tokens, at)
            block = self._block(tokens[at], tokens[at + 1 : end])
            if block:
                blocks.append(block)
            at = end + 1
        return blocks

    def _block(self, token: Token, inner: Sequence[Token]) -> str:
        if token.type in ("fence", "code_block"):
            return clean(token.content).rstrip("\n") if self._plain else code_block(token.content, token.info.strip())
        if token.type == "html_block":
            return self._text(token.content)
        if token.type == "inline":
            return self._inline(token.children or [])
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return self._list(token, inner)
        if token.type == "blockquote_open":
            return _prefixed("\n\n".join(self._blocks(inner)), "> ", "> ")
        if token.type == "hr":
            return "" if self._plain else "---"
        return self._heading(token, "\n\n".join(self._blocks(inner)))

    def _heading(self, token: Token, text: str) -> str:
        """Return the text, after its mark if the token opens a heading."""
        if self._plain or not text or not _HEADING.fullmatch(token.tag):
            return text
        return f"{token.markup if '#' in token.markup else '##'} {text}".replace("\n", " ")

    def _list(self, token: Token, items: Sequence[Token]) -> str:
        number = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
        written, at = [], 0
        while at < len(items):
            end = _closing(items, at)
            mark = "- " if number is None else f"{number}. "
            inner = items[at + 1 : end]
            tight = all(
                item.hidden for item in inner if item.type == "paragraph_open" and item.level == token.level + 2
            )
            blocks = ("\n" if tight else "\n\n").join(self._blocks(inner))
            written.append(_prefixed(blocks, mark, " " * len(mark)))
            number = None if number is None else number + 1
            at = end + 1
        return "\n".join(written)

    def _inline(self, children: Sequence[Token]) -> str:
        """Return a paragraph's text; neighbouring text is joined before it is escaped."""
        pieces: list[str] = []
        pending = ""
        for child in children:
            if child.type in ("code_inline", "em_open", "em_close", "strong_open", "strong_close", "hardbreak"):
                pieces += [self._escaped(pending), self._mark(child)]
                pending = ""
            else:
                pending += _text_of(child)
        return self._lines("".join((*pieces, self._escaped(pending))))

    def _mark(self, child: Token) -> str:
        if child.type == "hardbreak":
            return "\n" if self._plain else "\\\n"
        if child.type == "code_inline":
            return clean(child.content) if self._plain else markdown_text.code_span(child.content)
        return "" if self._plain else "**" if child.type.startswith("strong") else "*"

    def _text(self, text: str) -> str:
        return self._lines(self._escaped(text))

    def _escaped(self, text: str) -> str:
        return clean(text) if self._plain else markdown_text.escape(clean(text))

    def _lines(self, text: str) -> str:
        lines = (line.strip(" \t") for line in text.split("\n"))
        return "\n".join(line if self._plain else markdown_text.escape_start(line) for line in lines).strip("\n")


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Return the index of the token that closes the one at `at`; its own if it opens nothing."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index
    return len(tokens)


def _text_of(child: Token) -> str:
    """Return what becomes of an inline token as text: links leave their text, images their description."""
    if child.type == "image":
        return "".join(_text_of(inner) for inner in child.children or [])
    return "\n" if child.type in ("softbreak", "hardbreak") else child.content


def _prefixed(block: str, first: str, others: str) -> str:
    """Return the block with a container's marks; blank lines get none but a quotation's."""
    lines = block.split("\n")
    return "\n".join(
        [first + lines[0], *((others + line).rstrip() if not line else others + line for line in lines[1:])]
    )
