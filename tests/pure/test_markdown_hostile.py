"""Whatever a model writes and whoever renders it: no link, no image, no HTML, no character that is not seen."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pure.hostile_answers import hostile_answers

from phi_ls.markdown import plain_text, safe_markdown

ANSWERS = 10_000
ALLOWED = frozenset(
    {
        *("text", "inline", "softbreak", "hardbreak", "code_inline", "code_block", "fence", "hr"),
        *("em_open", "em_close", "strong_open", "strong_close", "paragraph_open", "paragraph_close"),
        *("heading_open", "heading_close", "blockquote_open", "blockquote_close", "list_item_open", "list_item_close"),
        *("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close"),
    }
)
FLAVOURS = {
    "CommonMark": lambda: MarkdownIt("commonmark"),
    "GitHub": lambda: MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]),
    "everything on": lambda: MarkdownIt("default", {"html": True, "breaks": True, "typographer": True}),
    "no HTML": lambda: MarkdownIt("default", {"html": False}),
}
HARMLESS = frozenset("\n\t")
BLOCK = 0x400
DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters that fill the place of one."""


def nodes(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from nodes(token.children or [])


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_ten_thousand_answers_have_nothing_but_text_and_its_emphasis(flavour: str) -> None:
    """Rendered as CommonMark, as GitHub does, and with all that markdown-it can do switched on."""
    renderer = FLAVOURS[flavour]()
    bad = []
    for answer in hostile_answers(ANSWERS // len(FLAVOURS), seed=list(FLAVOURS).index(flavour)):
        safe = safe_markdown(answer)
        found = {token.type for token in nodes(renderer.parse(safe))} - ALLOWED
        if found:
            bad.append((answer, safe, found))
    assert [] == bad[:3]


def test_the_answers_are_hostile() -> None:
    """Rendered as they are, they have links, images, HTML and tables by the hundred."""
    renderer = FLAVOURS["everything on"]()
    found = Counter(token.type for answer in hostile_answers(2_000, seed=1) for token in nodes(renderer.parse(answer)))
    assert all(found[kind] > 100 for kind in ("link_open", "image", "html_inline", "html_block"))
    assert found["table_open"] > 10


@pytest.mark.parametrize("write", [safe_markdown, plain_text])
def test_every_code_point_goes_through(write: Callable[[str], str]) -> None:
    """What comes out can be printed, in text and in code; every letter and digit is kept as it is."""
    hidden, lost = set[str](), set[str]()
    for start in range(0, sys.maxunicode + 1, BLOCK):
        block = [chr(code) for code in range(start, start + BLOCK) if chr(code) not in "\n\r`\\"]
        written = set(write(" ".join(f"a{char}b" for char in block) + "\n\n`" + " ".join(block) + "`"))
        hidden |= {char for char in written if not char.isprintable() and char not in HARMLESS}
        lost |= {char for char in block if char.isalnum() and char not in DRAWN_AS_NOTHING} - written
    assert set() == hidden
    assert set() == lost
