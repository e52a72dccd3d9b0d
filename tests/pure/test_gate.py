"""Where a suggestion is refused before any model is asked."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pure.drawn_snapshot import draw

from phi_ls.decisions import Reason
from phi_ls.ghost_text.gate import refuse


def reason(
    document: str, language: str = "python", *, invoked: bool = False, just_deleted: bool = False
) -> Reason | None:
    drop = refuse(draw(document, language), invoked=invoked, just_deleted=just_deleted)
    return drop.reason if drop else None


@pytest.mark.parametrize("document", ["pri‸nt(x)", "a‸1", "_‸_", "é‸é", "ab‸\u0301"])
def test_refuses_inside_a_word(document: str) -> None:
    """Between two characters of an identifier nothing can be inserted, even if the user asks."""
    assert Reason.MID_WORD == reason(document)
    assert Reason.MID_WORD == reason(document, invoked=True)


def test_a_dollar_is_part_of_a_word_where_the_language_says_so() -> None:
    """`$` belongs to identifiers in JavaScript and not in Python."""
    assert Reason.MID_WORD == reason("a‸$b", "javascript")
    assert Reason.TEXT_TO_THE_RIGHT == reason("a‸$b", "python")


def test_scripts_without_blanks_have_no_inside_of_a_word() -> None:
    """Between two Chinese characters the user may ask for a suggestion."""
    assert reason("# 你‸好", invoked=True) is None


@pytest.mark.parametrize(
    ("document", "language"),
    [
        ("foo(x‸)", "python"),
        ("if x‸:", "python"),
        ("if (x‸) {", "c"),
        ('print("‸")', "python"),
        ("f(() => {‸});", "typescript"),
        ("x‸   ", "go"),
        ("<li>‸</li>", "html"),
        ("/** ‸ */", "javascript"),
        ("<!-- ‸ -->", "html"),
        ("‸", "lua"),
        ("x = ‸,", "python"),
    ],
)
def test_lets_closers_stand_on_the_right(document: str, language: str) -> None:
    """Brackets, quotes and punctuation right of the cursor do not keep a suggestion away."""
    assert reason(document, language) is None


@pytest.mark.parametrize("document", ["x = ‸ y", "foo(‸x)", "‸# comment", "a ‸+ b", "f() ‸" + ")" * 200])
def test_refuses_in_front_of_other_text(document: str) -> None:
    """Text right of the cursor keeps automatic suggestions away; a user who asks gets one."""
    assert Reason.TEXT_TO_THE_RIGHT == reason(document)
    assert reason(document, invoked=True) is None


@pytest.mark.parametrize(
    "document", ['url = "https://exa‸"', "key = 'AKIAIOSFODNN7EXAMPLEabcd‸'", 'f("sha256:0123456789abcdef0123‸")']
)
def test_refuses_to_make_up_addresses_and_keys(document: str) -> None:
    """Behind the start of an address or a key in a string, nothing is suggested unless the user asks."""
    assert Reason.INSIDE_STRING == reason(document)
    assert reason(document, invoked=True) is None


@pytest.mark.parametrize(
    ("document", "language"),
    [
        ('raise ValueError("the size must be ‸")', "python"),
        ('raise ValueError("the size must be gr‸")', "python"),
        ('log.warning("no model, so that nothing can be ‸")', "python"),
        ("print(f\"the {size} of it isn't known, {reason} or ‸", "python"),
        ("throw new Error('Cannot read the file at ‸');", "typescript"),
        ("const s = `Bitte warten Sie einen Augenblick, ‸`", "javascript"),
        ('fprintf(stderr, "out of memory while reading ‸");', "c"),
    ],
)
def test_refuses_to_write_sentences(document: str, language: str) -> None:
    """From its fifth word on a sentence in a string is its writer's own, unless the user asks."""
    assert Reason.INSIDE_STRING == reason(document, language)
    assert reason(document, language, invoked=True) is None


def test_prose_is_written_in_documents_that_are_prose() -> None:
    """Quotes in a text are no strings of a program."""
    assert reason('She said "the size must be ‸', "markdown") is None


@pytest.mark.parametrize(
    "document",
    [
        'raise ValueError("the size must ‸")',
        'raise ValueError("the size must b‸")',
        '"""Return the size of the largest ‸"""',
        'db.execute("select name from users where ‸")',
        'db.execute("INSERT INTO users (name) VALUES ‸")',
        'parser.add("--a --b=1 --c 2 --d one two ‸")',
        'f("a sentence of five words.", ‸)',
        "# a comment of at least five words ‸",
        'open("data/‸")',
        "# see https://example.org/a/long/path/to/see‸",
        'f("https://a.org", ‸)',
        'f"{compute_the_total_of_all(‸)}"',
    ],
)
def test_lets_other_strings_be_completed(document: str) -> None:
    """Short messages, documentation, queries, short paths, comments and code behind a string are completed."""
    assert reason(document) is None


def test_refuses_right_behind_a_deletion() -> None:
    """What was just deleted is not brought back by itself, only if the user asks."""
    assert Reason.JUST_DELETED == reason("x = ‸", just_deleted=True)
    assert reason("x = ‸", just_deleted=True, invoked=True) is None


def test_a_long_line_is_judged_at_once() -> None:
    """Ten thousand brackets right of the cursor take no noticeable time."""
    started = time.thread_time()
    assert Reason.TEXT_TO_THE_RIGHT == reason("‸" + ")" * 19_000 + "x")
    assert time.thread_time() - started < 0.5


@given(
    st.text(st.characters(exclude_characters="\n‸", exclude_categories=["Cs"])), st.text(), st.booleans(), st.booleans()
)
def test_judges_any_line(before: str, language: str, invoked: bool, just_deleted: bool) -> None:
    """No text and no language makes the gate fail, and with the cursor at the end of the line it is never mid-word."""
    assert Reason.MID_WORD != reason(f"{before}‸", language, invoked=invoked, just_deleted=just_deleted)
