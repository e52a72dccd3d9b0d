"""Tests of the open documents against an oracle that works on arrays of UTF-16 code units."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pure.document_oracle import Oracle

from phi_ls.decisions import Reason
from phi_ls.documents import Document
from phi_ls.text.positions import Encoding
from phi_ls.text.refusals import MAX_CHARS, MAX_LINES

URI = "file:///project/a.py"
ALPHABET = "ab \té😀👩\u200d\u2028\x85\x1c\f\v\r\n"


encodings = st.sampled_from(["utf-8", "utf-16", "utf-32"])
texts = st.text(st.sampled_from(ALPHABET), max_size=30)
positions = st.tuples(st.integers(0, 12), st.integers(0, 14))
edits = st.lists(st.tuples(positions, positions, texts), max_size=8)


def _partial(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    span = types.Range(types.Position(*start), types.Position(*end))
    return types.TextDocumentContentChangePartial(range=span, text=text)


def _document(text: str, encoding: Encoding = "utf-16") -> Document:
    return Document(URI, 1, "python", text, encoding)


@given(texts, edits, encodings)
def test_edits_do_what_they_do_in_an_editor(text: str, changes: list[Any], encoding: Encoding) -> None:
    """After any edits, in any encoding, text and lines are those of the editor."""
    document, oracle = _document(text, encoding), Oracle(text, encoding)
    for start, end, inserted in changes:
        oracle.edit(start, end, inserted)
    document.apply([_partial(*change) for change in changes])
    assert oracle.text() == document.text
    assert oracle.lines() == document.lines


@given(texts, edits, encodings)
def test_counts_stay_true_through_edits(text: str, changes: list[Any], encoding: Encoding) -> None:
    """What decides on a refusal, and the line ending, are the same as if the document had been opened like this."""
    document = _document(text + "\0\x01\ufffd", encoding)
    for change in changes:
        document.apply([_partial(*change)])
        anew = _document(document.text, encoding)
        assert anew._contents == document._contents
        assert anew.eol == document.eol


@given(texts, positions, encodings)
def test_positions_are_clamped_as_the_protocol_wants(text: str, position: tuple[int, int], encoding: Encoding) -> None:
    """A position past a line's end is that end, past the document its end; the parameters are not touched."""
    document, oracle = _document(text, encoding), Oracle(text, encoding)
    asked = types.Position(*position)
    line, column = document.clamp(asked)
    offset = len(Oracle.to_units("".join(_with_endings(document)[:line]) + document.lines[line][:column]))
    assert oracle.offset(*position) == offset
    assert position == (asked.line, asked.character)


def _with_endings(document: Document) -> list[str]:
    return [line + ending for line, ending in zip(document.lines, document._endings, strict=True)]


@given(texts, positions, encodings)
def test_a_position_goes_to_the_client_and_back(text: str, position: tuple[int, int], encoding: Encoding) -> None:
    """What the server tells the client, the client's answer says again."""
    document = _document(text, encoding)
    place = document.clamp(types.Position(*position))
    assert place == document.clamp(document.position(*place))


@pytest.mark.parametrize("place", [(-1, 5), (7, 0), (0, -3), (0, 99)])
def test_a_place_outside_the_document_is_clamped_for_the_client(place: tuple[int, int]) -> None:
    """No answer to the client points outside the document."""
    assert _document("abc").position(*place) in (types.Position(0, 0), types.Position(0, 3))


def test_a_document_knows_where_it_was_edited_last() -> None:
    """The line in which the last change ends; none when all of the text was replaced."""
    document = _document("a\nb\nc\n")
    assert document.edited_line is None
    document.apply([_partial((1, 0), (1, 1), "x\ny"), _partial((2, 0), (2, 0), "z")])
    assert 2 == document.edited_line
    document.apply([types.TextDocumentContentChangeWholeDocument("other")])
    assert document.edited_line is None


def test_only_three_line_endings_end_a_line() -> None:
    """Form feeds, vertical tabs, U+2028, U+2029, U+0085 and the separators U+001C to U+001E are characters."""
    line = "a\f\v\u2028\u2029\x85\x1c\x1d\x1eb"
    assert [line, "", "c", ""] == _document(f"{line}\n\rc\r\n").lines


def test_a_line_feed_behind_a_carriage_return_makes_one_ending() -> None:
    """Deleting what stood between \\r and \\n joins two lines' ends, as it does in the editor."""
    document = _document("a\rX\nb")
    document.apply([_partial((1, 0), (1, 1), "")])
    assert ("a\r\nb", ["a", "b"]) == (document.text, document.lines)


def test_a_whole_replacement_may_come_among_partial_changes() -> None:
    """Changes apply in order, each to the result of the one before."""
    document = _document("abc")
    whole = types.TextDocumentContentChangeWholeDocument(text="x\ny")
    document.apply([_partial((0, 0), (0, 3), "gone"), whole, _partial((1, 1), (1, 1), "z")])
    assert "x\nyz" == document.text


def test_lone_surrogates_are_replaced_on_entry() -> None:
    """Nothing downstream meets half a surrogate pair, whether it came by opening or by an edit."""
    document = _document("a\ud83d")
    document.apply([_partial((0, 0), (0, 0), "\ude00")])
    assert "\ufffda\ufffd" == document.text


@pytest.mark.parametrize(
    ("text", "eol"), [("", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb\r", "\r"), ("a\nb\nc\r\n", "\n"), ("a", "\n")]
)
def test_the_line_ending_is_the_one_most_lines_have(text: str, eol: str) -> None:
    """Inserted text uses the document's own ending, \\n if it has none."""
    assert eol == _document(text).eol


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", "    "),
        ("def f():\n    return 1\n", "    "),
        ("if (a) {\n  b();\n  if (c) {\n    d();\n  }\n}\n", "  "),
        ("func f() {\n\treturn\n}\n", "\t"),
        ("a\n        b\nc\n        d\n", "        "),
        ("a = [\n      1]\n", "    "),
        ("\n" * 50 + "if x:\n  y\n", "  "),
    ],
)
def test_the_indentation_is_the_documents_own(text: str, unit: str) -> None:
    """A tab, or 2, 4 or 8 spaces, as the lines step; 4 spaces where nothing shows it."""
    assert unit == _document(text).indent_unit


def test_the_indentation_follows_the_document() -> None:
    """What was found out for an empty document does not stick to it."""
    document = _document("")
    assert "    " == document.indent_unit
    document.apply([_partial((0, 0), (0, 0), "if x:\n  y\n")])
    assert "  " == document.indent_unit


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n" * 1000, None),
        ("\x1b[31mred\x1b[0m\f\n" * 100, None),
        ("x", None),
        ("\x01", None),
        ("a" * 20_000, None),
        ("a" * 20_001, Reason.TOO_LARGE),
        ("ab\n" * (MAX_CHARS // 3 + 1), Reason.TOO_LARGE),
        ("\n" * MAX_LINES, Reason.TOO_LARGE),
        ("a" * 10_000_000, Reason.TOO_LARGE),
        ("\n" * 10_000_000, Reason.TOO_LARGE),
        ("text\0text", Reason.BINARY),
        ("\x01\x02\x03abc" * 100, Reason.BINARY),
        ("\ufffd\ufffdabcdef" * 100, Reason.BINARY),
    ],
)
def test_what_is_too_large_or_no_text_is_refused(text: str, reason: Reason | None) -> None:
    """Size, line length, NUL and control characters decide, and nothing else."""
    refusal = _document(text).refusal
    assert reason == (refusal and refusal.reason)


def test_a_refusal_comes_and_goes_with_the_text() -> None:
    """Cutting a long line in two, or taking a NUL out, makes the document acceptable again."""
    document = _document("a" * 20_001)
    document.apply([_partial((0, 10), (0, 10), "\n")])
    assert document.refusal is None
    document.apply([_partial((0, 0), (0, 0), "\0")])
    assert document.refusal is not None
    document.apply([_partial((0, 0), (0, 1), "")])
    assert document.refusal is None


def test_a_document_grown_too_large_is_given_up_until_it_is_replaced() -> None:
    """A pasted giant is not kept; edits of it do nothing, and a new text as a whole brings the document back."""
    document = _document("a")
    document.apply([_partial((0, 1), (0, 1), "x\n" * 5_000_000), _partial((3, 0), (3, 1), "y")])
    assert ("", Reason.TOO_LARGE) == (document.text, document.refusal and document.refusal.reason)
    document.apply([types.TextDocumentContentChangeWholeDocument(text="b")])
    assert ("b", None) == (document.text, document.refusal)


@pytest.mark.parametrize("character", ["x", "é", "😀"])
def test_a_huge_line_never_blocks(character: str) -> None:
    """Opening, editing and asking in a line just short of being given up stays below 100 ms each."""
    edit = _partial((0, 3_000_000), (0, 3_000_000), "y")
    best = [1.0, 1.0, 1.0]
    for _ in range(3):
        begin = time.thread_time()
        document = _document(character * 3_900_000)
        opened = time.thread_time()
        document.apply([edit])
        edited = time.thread_time()
        document.snapshot(types.Position(0, 3_000_000), path="a.py")
        asked = time.thread_time()
        best = list(map(min, best, (opened - begin, edited - opened, asked - edited)))
    assert max(best) < 0.1


def test_an_edit_of_ten_thousand_lines_is_quick() -> None:
    """A key typed in a long file costs far less than 10 ms."""
    document = _document("    some line of code here\n" * 10_000)
    begin = time.thread_time()
    for column in range(100):
        document.apply([_partial((5000, column), (5000, column), "x")])
    assert (time.thread_time() - begin) / 100 < 0.01


def test_a_snapshot_holds_the_lines_around_the_cursor() -> None:
    """It is a frozen slice with the cursor's place in it, columns in code points."""
    document = _document("".join(f"line {number}\r\n" for number in range(1000)) + "😀x")
    snapshot = document.snapshot(types.Position(1000, 2), path="a.py", lines_before=10, lines_after=5)
    assert (990, 1001, 1000, 1) == (snapshot.first_line, snapshot.total_lines, snapshot.line, snapshot.column)
    assert ("😀", "x", "\r\n") == (snapshot.before, snapshot.after, snapshot.eol)
    document.apply([_partial((1000, 0), (1000, 3), "")])
    assert "😀x" == snapshot.lines[-1]


def test_a_snapshot_has_no_more_lines_than_asked_for() -> None:
    """In the midst of a document the slice has the lines before, the cursor's and the lines after."""
    snapshot = _document("x\n" * 100).snapshot(types.Position(50, 0), path="a", lines_before=10, lines_after=5)
    assert (16, 40) == (len(snapshot.lines), snapshot.first_line)
