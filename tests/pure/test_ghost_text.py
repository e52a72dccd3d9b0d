"""What holds for every suggestion, whatever a model wrote and wherever the cursor is."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pure.drawn_snapshot import draw

from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop, Reason
from phi_ls.ghost_text.limits import LINE_LIMIT
from phi_ls.ghost_text.stopping import finished, wants_multiline
from phi_ls.ghost_text.trim import shape
from phi_ls.ghost_text.unsafe import unsafe_character

LANGUAGES = st.sampled_from(
    [
        "python",
        "javascript",
        "typescript",
        "go",
        "c",
        "rust",
        "lua",
        "makefile",
        "markdown",
        "html",
        "shellscript",
        "",
        "?",
    ]
)
FRAGMENTS = st.sampled_from(
    [
        *"()[]{}\"'`#/*-:;,.<>|\\ \t\n\r",
        *("    ", "  ", "\t\t", "\n    ", "\n\t", "\r\n", '"""', "```", "```py\n", "\n```\n", "//", "--", "/*", "*/"),
        *(
            "if x:",
            "else:",
            "end",
            "return",
            "x",
            "foo(",
            "foo(a, b)",
            "} else {",
            "=> {",
            "});",
            "Sure, ",
            "Here is the ",
        ),
        *(
            "<|end|>",
            "<|x|>",
            "é",
            "名",
            "🙂",
            "\u200b",
            "\ufeff",
            "0, ",
            "ab" * 20,
            "    pass\n" * 4,
            "#ifdef A\n",
            "case 1:\n",
        ),
    ]
)
CODE = st.lists(FRAGMENTS, max_size=14).map("".join)
ANY_TEXT = st.text(max_size=60)
TEXTS = CODE | ANY_TEXT | st.lists(FRAGMENTS | ANY_TEXT, max_size=8).map("".join)


@st.composite
def snapshots(pick: st.DrawFn) -> Snapshot:
    """A window on a document, with a cursor anywhere in it."""
    lines = tuple(pick(CODE).replace("\r", "").split("\n") + pick(CODE).replace("\r", "").split("\n"))
    row = pick(st.integers(0, len(lines) - 1))
    first_line = pick(st.integers(0, 3))
    return Snapshot(
        uri="file:///w/a",
        version=1,
        language=pick(LANGUAGES),
        path="a",
        lines=lines,
        first_line=first_line,
        total_lines=first_line + len(lines) + pick(st.integers(0, 3)),
        line=first_line + row,
        column=pick(st.integers(0, len(lines[row]))),
        eol=pick(st.sampled_from(["\n", "\r\n", "\r"])),
        indent_unit=pick(st.sampled_from(["    ", "  ", "\t"])),
    )


def shown(snapshot: Snapshot, text: str, *, multiline: bool = True) -> str | Drop:
    return shape(snapshot, text, multiline=multiline, mean_probability=None, min_confidence=0.3)


@settings(max_examples=1500, deadline=None)
@given(snapshots(), TEXTS, st.booleans())
@example(draw('x = ["a‸"]'), 'b", "c"]', True)
@example(draw("    if x:\n    ‸"), "        return x", True)
@example(draw("foo(‸)"), "bar(x))", False)
def test_shaping_twice_is_shaping_once(snapshot: Snapshot, text: str, multiline: bool) -> None:
    """What is shown is shown unchanged when it comes back, and nothing makes the filters fail."""
    once = shown(snapshot, text, multiline=multiline)
    if isinstance(once, str):
        assert once == shown(snapshot, once, multiline=multiline)


@settings(max_examples=800, deadline=None)
@given(snapshots(), TEXTS, st.booleans())
def test_what_is_shown_can_be_inserted(snapshot: Snapshot, text: str, multiline: bool) -> None:
    """A shown suggestion is not blank, has the document's line endings only, few lines, and no unsafe character."""
    result = shown(snapshot, text, multiline=multiline)
    if isinstance(result, str):
        lines = result.split(snapshot.eol)
        assert result.strip()
        assert not any(ending in line for line in lines for ending in "\r\n")
        assert len(lines) <= LINE_LIMIT
        assert unsafe_character(snapshot, "\n".join(lines)) == ""


@settings(max_examples=500, deadline=None)
@given(snapshots(), TEXTS, st.booleans())
def test_the_watcher_takes_any_stream(snapshot: Snapshot, text: str, multiline: bool) -> None:
    """Whatever streams in, at every length, the question whether to stop has an answer."""
    for end in range(len(text) + 1):
        assert finished(snapshot, text[:end], multiline=multiline) in (True, False)


REFUSED_RANGES = [
    *((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F), (0x061C, 0x061C), (0x200B, 0x200F), (0x2028, 0x202E)),
    *((0x2060, 0x2060), (0x2066, 0x2069), (0xD800, 0xDFFF), (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFF), (0xE0000, 0xE007F)),
]


def test_no_refused_character_passes_the_whole_way() -> None:
    """Each control, bidirectional, zero-width and tag character, each surrogate and U+FFFD refuses its suggestion."""
    snapshot = draw("x = ‸")
    for code in itertools.chain.from_iterable(range(first, last + 1) for first, last in REFUSED_RANGES):
        result = shown(snapshot, f"a{chr(code)}b")
        assert isinstance(result, Drop), hex(code)
        assert (Reason.UNSAFE_CHARACTERS, f"U+{code:04X}" in result.detail) == (result.reason, True)


def test_every_code_point_is_judged() -> None:
    """Of all code points the refused ranges are refused, and ASCII and all letters that can be seen are not."""
    snapshot = draw("x = ‸")
    refused = {code for code in range(sys.maxunicode + 1) if unsafe_character(snapshot, chr(code))}
    must = {code for first, last in REFUSED_RANGES for code in range(first, last + 1)}
    unseen_letters = {0x115F, 0x1160, 0x3164, 0xFFA0}
    assert must <= refused
    assert refused.isdisjoint({9, 10, *range(32, 127)})
    assert unseen_letters == {code for code in refused if chr(code).isalpha()}
    assert len(refused) < len(must) + 700


@pytest.mark.parametrize("code", [0x200B, 0x200D, 0x2060, 0xFE0F, 0xAD])
def test_zero_width_characters_pass_where_the_document_has_them(code: int) -> None:
    """A character that can't be seen is refused, unless the document has the same one."""
    text = f"a{chr(code)}b"
    assert isinstance(shown(draw("x = ‸"), text), Drop)
    assert text == shown(draw(f"# {chr(code)}\nx = ‸"), text)


@pytest.mark.parametrize("code", [0x202E, 0x200E, 0xFEFF, 0xE0041, 0xFFFD, 0x1B])
def test_what_deceives_never_passes(code: int) -> None:
    """A character that reorders text or hides some is refused even where the document has it."""
    assert isinstance(shown(draw(f"# {chr(code)}\nx = ‸"), f"a{chr(code)}b"), Drop)


def test_a_cut_window_says_nothing_of_the_braces_below_it() -> None:
    """Where the window ends before the document does, a brace is not closed again, but a parenthesis is."""
    whole = draw("function f() {\n  ‸", "javascript")
    window = replace(whole, total_lines=200)
    assert ["g();\n}", "g();"] == [shown(snapshot, "g();\n}") for snapshot in (whole, window)]
    assert "1);" == shown(replace(draw("g(‸", "javascript"), total_lines=200), "1);")


def test_details_hold_no_source_text() -> None:
    """The sentence that explains a drop says nothing of what the user or the model wrote."""
    drops = [
        shown(draw("secret(x‸)"), ")"),
        shown(draw("def secret():\n    x = 1‸"), "\nsecret()"),
        shown(draw("secret = ‸"), "Sure, secret"),
    ]
    assert [False] * 3 == ["secret" in drop.detail for drop in drops if isinstance(drop, Drop)]


def test_line_endings_of_the_model_do_not_matter() -> None:
    """Text with CRLF or CR is shaped as text with LF is, and comes out as the document has it."""
    snapshot = draw("def f():\n    ‸", eol="\r\n")
    texts = ["x = 1\n    return x", "x = 1\r\n    return x", "x = 1\r    return x"]
    assert ["x = 1\r\n    return x"] * 3 == [shown(snapshot, text) for text in texts]


@pytest.mark.parametrize(
    ("document", "language", "text", "multiline"),
    [
        ("x = ‸", "python", "compute()\n", False),
        ("def f():\n    ‸", "python", "\n    x = 1\n", False),
        ("def f():\n    ‸", "python", "return 1\nd", True),
        ("def f():\n    ‸", "python", "return 1\n\n", True),
        ("f(() => {\n  ‸", "javascript", "go();\n});\n", True),
        ("x = 1\n‸\ny = 2", "python", "z = 3\ny = 2\n", True),
        ("x = ‸", "python", "```python\nfoo()\n```", True),
        ("x = ‸", "python", "5<|end|>", True),
        ("‸", "python", "x = a\ny = b\n" * 5, True),
        ("‸", "plaintext", "\n\n\n\n", True),
        ("‸", "python", "\n".join(f"x{n} = {n}" for n in range(14)), True),
        ("x = ‸", "python", "a" * 600, False),
    ],
)
def test_a_stream_with_all_that_is_shown_is_finished(document: str, language: str, text: str, multiline: bool) -> None:
    """Generation stops at the line's end, a dedent, a blank line, a closed block, a repetition, a fence, a limit."""
    assert finished(draw(document, language), text, multiline=multiline)


@pytest.mark.parametrize(
    ("document", "language", "text", "multiline"),
    [
        ("x = ‸", "python", "compute(", False),
        ("def f():‸", "python", "\n    return", False),
        ("def f():\n    ‸", "python", "x = 1\n    ", True),
        ("def f():\n    ‸", "python", "x = 1\n  ", True),
        ("def f():\n    ‸", "python", "if x:\n\n", True),
        ("const f = ‸", "javascript", "() => {\n  a();\n\n  b();\n", True),
        ("x = 1\n‸\ny = 2", "python", "z = 3\ny = 2", True),
        ("x = ‸", "python", "```python\nfoo()\n", True),
        ("x = ‸", "python", "Here is the code:\n", True),
        ("# ‸", "python", "Sure, this works", True),
        ("## A\n\n‸", "markdown", "Here is one:\n```\nx\n```", True),
    ],
)
def test_a_stream_that_may_go_on_is_not_finished(document: str, language: str, text: str, multiline: bool) -> None:
    """Generation goes on while a line, a block, brackets, an introduction or a fence is still incomplete."""
    assert not finished(draw(document, language), text, multiline=multiline)


@pytest.mark.parametrize(
    ("document", "language", "expected"),
    [
        ("def f():\n    ‸", "python", True),
        ("def f():‸", "python", True),
        ("def f():  # why\n    ‸\nx = 1", "python", True),
        ("def f():\n    ‸\n    return 1", "python", False),
        ("def f():\n    x = 1\n    ‸", "python", False),
        ("x = ‸", "python", False),
        ("# Sum the rows.\n‸", "python", True),
        ("# Sum the rows.\n\n‸", "python", False),
        ("function f() {‸}", "javascript", True),
        ("function f() {\n  ‸\n}", "javascript", True),
        ("items.map((x) => ‸)", "typescript", True),
        ("call(‸)", "typescript", True),
        ("if x then\n  ‸\nend", "lua", True),
        ("local function f(a)\n  ‸\nend", "lua", True),
        ("if (x) {‸ return; }", "c", False),
        ("‸", "python", False),
    ],
)
def test_a_block_is_asked_for_where_one_line_is_half_an_answer(document: str, language: str, expected: bool) -> None:
    """In `auto`, an empty block and a place below a comment want several lines, other places want one."""
    assert expected == wants_multiline(draw(document, language), "auto")


def test_the_setting_decides_on_blocks() -> None:
    """`always` and `never` hold at any place."""
    for document in ("def f():\n    ‸", "x = ‸"):
        assert (True, False) == (wants_multiline(draw(document), "always"), wants_multiline(draw(document), "never"))
