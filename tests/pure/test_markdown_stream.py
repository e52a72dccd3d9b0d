"""Answers are given block by block, harmless, and nothing that was given is taken back."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from phi_ls.markdown import safe_markdown
from phi_ls.markdown_stream import SafeStream

ANSWER = """It **adds** two numbers:

1. the first
2. the second

```python
def add(a, b):

    return a + b
```
That is `all`.

> quoted

A heading
---

- ![x](https://evil.example/x.png)
- <img src=x>
"""

HOSTILE = (
    "![x](https://evil.example/x.png)\n\nmore",
    "![x][r]\n\n[r]: https://evil.example/x.png\n\n![y][r]\n",
    "[click](command:workbench.action.quit)\nand <script>alert(1)</script>\n\nmore\n",
    "```\n</code> ![x](https://evil.example)\n```\n![x](https://evil.example/x.png)\n\nmore",
    "~~~\n```\n![x](https://evil.example/x.png)\n~~~\nmore",
    "````\n```\n![x](https://evil.example/x.png)\n",
    "```a b ```\n![x](https://evil.example/x.png)\n\nmore",
)


def _pieces(answer: str, seed: int = 1) -> list[str]:
    """Return the answer cut as a model may cut it."""
    cut = random.Random(seed)
    edges = sorted({0, len(answer), *(cut.randrange(len(answer) + 1) for _ in range(len(answer) // 3))})
    return [answer[first:last] for first, last in pairwise(edges)]


def _streamed(answer: str, seed: int = 1) -> tuple[str, SafeStream]:
    stream = SafeStream()
    given = "".join(stream.add(piece) for piece in _pieces(answer, seed))
    return given + stream.end(answer), stream


@pytest.mark.parametrize("seed", range(8))
def test_the_pieces_are_the_answer(seed: int) -> None:
    """However the answer is cut, what was given in pieces is what would have been given at once."""
    given, stream = _streamed(ANSWER, seed)
    assert safe_markdown(ANSWER) == given == stream.text


def test_a_block_is_given_when_the_next_begins() -> None:
    """Who reads along need not wait for the end."""
    stream = SafeStream()
    assert ["", "", "It adds."] == [stream.add(piece) for piece in ("It adds.", "\n\n", "Then\n")]


def test_a_line_of_code_is_given_when_it_is_complete() -> None:
    """A block of code may be as long as the whole answer."""
    stream = SafeStream()
    given = [stream.add(piece) for piece in ("```py", "thon\n", "x = ", "1\n", "y")]
    assert ["", "```python", "", "\nx = 1", ""] == given
    assert "\ny = 2\n```" == stream.end("```python\nx = 1\ny = 2")


@pytest.mark.parametrize("answer", HOSTILE)
def test_nothing_harmful_is_given_in_any_piece(answer: str) -> None:
    """All that was given until now is harmless at any time: read once more, it has only text in it."""
    stream = SafeStream()
    for piece in answer:
        stream.add(piece)
        assert _is_harmless(stream.text)
    stream.end(answer)
    assert _is_harmless(stream.text)


def _is_harmless(markdown: str) -> bool:
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").render(markdown)
    return not any(mark in html for mark in ("<img", "<a ", "<script"))


def test_an_answer_that_was_cut_short_ends_its_code() -> None:
    """What turned in circles is left out at the end, however much of it has been shown; the block is closed."""
    stream = SafeStream()
    stream.add("Look:\n\n```\na\nb\n")
    stream.end("Look:\n\n```\na")
    assert "Look:\n\n```\na\nb\n```" == stream.text


def test_invisible_characters_go() -> None:
    """What is not seen is not given either."""
    assert "ab" == _streamed("a\u202eb")[0]
