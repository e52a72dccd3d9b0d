"""Tests of columns in code units and in code points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi_ls.text.positions import Encoding, length, to_character, to_column, without_lone_surrogates

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
LINE = "aé😀b"

encodings = st.sampled_from(ENCODINGS)
lines = st.text(st.sampled_from("ab\té߿ࠀ\u2028\uffff😀👩\u200d\u0301\f"), max_size=20)


@pytest.mark.parametrize(
    ("encoding", "columns"),
    [
        ("utf-8", [0, 1, 1, 2, 2, 2, 2, 3, 4, 4]),
        ("utf-16", [0, 1, 2, 2, 3, 4, 4]),
        ("utf-32", [0, 1, 2, 3, 4, 4]),
    ],
)
def test_each_code_unit_has_its_column(encoding: Encoding, columns: list[int]) -> None:
    """Inside a character means in front of it, past the end means the end."""
    assert columns == [to_column(LINE, character, encoding) for character in range(len(columns))]


@given(lines, encodings, st.integers(-5, 2**31))
def test_a_column_is_always_within_the_line(line: str, encoding: Encoding, character: int) -> None:
    """No position, however wrong, leads outside the line."""
    assert 0 <= to_column(line, character, encoding) <= len(line)


@given(lines, encodings, st.integers(0, 25))
def test_there_and_back(line: str, encoding: Encoding, column: int) -> None:
    """A column that the line has keeps its place through the client's units."""
    column = min(column, len(line))
    assert column == to_column(line, to_character(line, column, encoding), encoding)


@given(lines)
def test_lengths_agree_with_a_count_by_hand(line: str) -> None:
    """Units add up character by character: UTF-16 takes two beyond U+FFFF, UTF-8 up to four."""
    in_utf16 = sum(1 + (ord(char) > 0xFFFF) for char in line)
    in_utf8 = sum(1 + (ord(char) > 0x7F) + (ord(char) > 0x7FF) + (ord(char) > 0xFFFF) for char in line)
    assert (in_utf8, in_utf16, len(line)) == tuple(length(line, encoding) for encoding in ENCODINGS)


@given(st.text(st.sampled_from("aé😀\ud83d\ude00\udfff\ud800"), max_size=12))
def test_no_lone_surrogate_is_left_and_no_unit_is_lost(text: str) -> None:
    """The cleaned text can be encoded and is as long as before in UTF-16, so positions stay right."""
    cleaned = without_lone_surrogates(text)
    assert text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") == cleaned
    assert sum(1 + (ord(char) > 0xFFFF) for char in text) == length(cleaned, "utf-16")


def test_a_lone_surrogate_becomes_one_replacement_character() -> None:
    """Each half alone is replaced; a whole pair and everything else stays."""
    assert "a\ufffd😀\ufffdb" == without_lone_surrogates("a\ud83d😀\ude00b")
