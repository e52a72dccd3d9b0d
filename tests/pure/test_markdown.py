"""What a model wrote reaches the editor as text, emphasis, code and lists, and as nothing else."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from phi_ls.markdown import code_block, plain_text, safe_markdown

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BARE_ADDRESS = re.compile(r"(?i)(?:https?|ftp)://\w|www\.\w|[\w.+-]+@[\w-]+\.\w|\b(?:command|javascript|data|file):\S")

NASTY = [
    "[x](http://e.vil)", "![x](http://e.vil)", "<http://e.vil>", "[x]", "[x]: http://e.vil", "[x]: <a> 'b'", "[a][x]",
    "<img src=x>", "<a href='x'>", "</a>", "<!-- ", "-->", "<script>", "&lt;b&gt;", "&#60;img&#62;", "&#x202e;",
    "`", "``", "```", "~~~", "````py\n", "*", "**", "_", "__", "~~", "[", "]", "(", ")", "!", "\\", "\\\\", "\\`", "<",
    ">", "> ", "- ", "1. ", "# ", "---", "===", "|", "|---|", "a | b\n--|--\n", "    ", "\t", "\n", "\n\n", "  \n", " ",
    "http://e.vil", "www.e.vil", "a@e.vil", "command:x", "$(alert)", "\u202e", "\u200b", "\U000e0041", "\x1b[31m",
    "\x00", "&#96;", "\u2028", "\r", "word", "snake_case", "x", ":", "](", "][", "]:", "[^1]", "[^1]: y", "\ud800",
    "<x@e.vil>", "`[`",
]  # fmt: skip


def walk(tokens: list[Token]) -> list[Token]:
    return [each for token in tokens for each in (token, *walk(token.children or []))]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(NASTY) | st.text(max_size=5), max_size=30).map("".join))
@example("| `x | [l](http://e.vil) ` |\n|---|---|\n")
@example("[a\\](http://e.vil)")
@example("\\[a]\\(http://e.vil)")
def test_no_link_image_html_or_table_survives(answer: str) -> None:
    """Rendered by CommonMark with GitHub's tables, no answer has more than text, emphasis, code, lists and quotes."""
    tokens = walk(GITHUB.parse(safe_markdown(answer)))
    assert not [token.type for token in tokens if re.match("link|image|html|table|s_open", token.type)]
    shown = "".join(token.content for token in tokens if token.type != "inline")
    assert not [char for char in shown if not (char.isprintable() or char in "\n\t")]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([piece for piece in NASTY if "`" not in piece and piece != "&#96;"])).map("".join))
def test_no_bare_address_is_left_to_be_linked(answer: str) -> None:
    """No paragraph's source holds, in one piece, what GitHub's Markdown would turn into a link."""
    tokens = GITHUB.parse(safe_markdown(answer))
    assert not [token.content for token in tokens if token.type == "inline" and BARE_ADDRESS.search(token.content)]


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="ab \n`[]()<>*_\\!#-1.&|~$:", max_size=60))
def test_made_safe_twice_means_the_same_text(answer: str) -> None:
    """A second pass finds nothing left to change in what is shown."""
    once = safe_markdown(answer)
    assert plain_text(once).split() == plain_text(safe_markdown(once)).split()


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("Adds **two** *numbers*, `a` and `b`.", "Adds **two** *numbers*, `a` and `b`."),
        ("- one\n- two\n  - three", "* one\n* two\n  * three"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("3. one\n\n   more\n4. two", "3) one\n\n   more\n4) two"),
        ("```py\nx = [1](2)\n```", "```py\nx = [1](2)\n```"),
        ("```\nx = 1\n```", "    x = 1"),
        ("# Title\n\ntext", "# Title\n\ntext"),
        ("> quoted", "> quoted"),
        ("the docs", "[the docs](https://example.com)"),
        ("a picture", "![a picture](https://example.com/x.png)"),
        ("https\\:\\/\\/example\\.com", "<https://example.com>"),
        ("a // b, main.py, \\//e.vil", "a // b, main.py, //e.vil"),
        ("see example\\.org and e\\.uk/x", "see example.org and e.uk/x"),
        ("\\^[note\\]", "^[note]"),
        ("- \\[ ] do it", "- [ ] do it"),
        ("\\~gone\\~", "~gone~"),
        ("!\\[`a](http://e.vil)`", "![`a](http://e.vil)`"),
        ("\\<b>bold\\</b>", "<b>bold</b>"),
        ("\\<!-- hidden -->", "<!-- hidden -->"),
        ("snake_case stays, \\_private too", "snake_case stays, _private too"),
        ("run $ (rocket)", "run $(rocket)"),
        ("`$(date)`", "`$(date)`"),
        ("C:\\Users and a < b", "C:\\Users and a < b"),
        ("abc", "a\u202eb\u200bc"),
        ("2 \\* 3", "2 * 3"),
        ("\\`no code\\`", "\\`no code\\`"),
        ("\\&lt;", "&amp;lt;"),
        ("uses @property", "uses @property"),
    ],
)
def test_harmless_is_kept_and_harmful_becomes_text(expected: str, answer: str) -> None:
    """Each construct by itself."""
    assert expected == safe_markdown(answer)


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("Adds two numbers, a.", "Adds **two** _numbers_, `a`."),
        ("- one\n- two", "* one\n* two"),
        ("x = 1", "```py\nx = 1\n```"),
        ("Title\n\nthe docs", "# Title\n\n[the docs](https://example.com)"),
        ("a * b < c", "a * b < c"),
    ],
)
def test_plain_text_has_no_marks(expected: str, answer: str) -> None:
    """A client without Markdown gets the words alone."""
    assert expected == plain_text(answer)


@given(st.text(alphabet="`~a\n ", max_size=40))
@example("```\n[x](http://e.vil)")
def test_nothing_closes_a_code_block_from_within(code: str) -> None:
    """Whatever backticks the code has, it stays one block of code."""
    tokens = MarkdownIt("commonmark").parse(code_block(code, "python"))
    assert {"fence"} == {token.type for token in tokens}
    assert len(tokens) == 1
    assert code.rstrip("\n") == tokens[0].content.rstrip("\n")


def test_code_block_takes_no_hostile_language() -> None:
    """A language id that is not a plain name is left out."""
    assert code_block("x", "") == code_block("x", "a\n[x](y)")


@pytest.mark.parametrize("unit", ["[", "*a ", "`", "<!--", "> ", "- ", "![](", "&", "_a", "[x](", "\n>", "<a "])
def test_hostile_repetition_takes_bounded_time(unit: str) -> None:
    """A model stuck in a loop does not stop the server."""
    start = time.thread_time()
    safe_markdown(unit * (20_000 // len(unit)))
    assert time.thread_time() - start < 5
