"""Typing in an editor that closes brackets and quotes by itself."""

from __future__ import annotations

import itertools

import pytest
from bench.typing_replay.traces import Ahead, Passage, ahead, before_cursor, edit, next_stroke, state
from bench.typing_replay.typist import Habits, Typist
from hypothesis import given
from hypothesis import strategies as st

QUIET = Habits(slips=0, second_thoughts=0)
CLUMSY = Habits(slips=0.3, second_thoughts=0.3, undone=0.5)
LINE = st.text("ab(){}[]\"' ", min_size=1, max_size=12).map(str.strip).filter(bool)
INDENT = st.sampled_from(["", "    ", "        ", "\t"])
TEXTS = st.lists(st.tuples(INDENT, LINE).map("".join), min_size=1, max_size=6).map(
    lambda lines: "\n".join(["x", *lines, "y"])
)


def typed(text: str, habits: Habits = QUIET) -> Passage:
    return Typist("1", habits).passage(0, text, closes=True)


def states(text: str) -> list[str]:
    passage = typed(text)
    return [f"{before_cursor(passage, stroke)}|{stroke.ahead}" for stroke in passage.strokes]


def test_a_bracket_is_closed_and_its_closer_typed_over() -> None:
    """With one key each."""
    assert ["f|", "f(|)", "f(a|)", "f(a)|"] == states("f(a)")


def test_between_braces_a_line_is_begun_above_the_closer() -> None:
    """Its line stands below until the cursor is moved there."""
    assert ["{|}", "{\n    |\n}", "{\n    a|\n}", "{\n    a\n}|"] == states("{\n    a\n}")


@pytest.mark.parametrize("text", ["don't or won't", '"""', "a)", "f(a", "'a"])
def test_what_is_not_closed_in_the_passage_stays_open(text: str) -> None:
    """An apostrophe in a word, a quote behind a quote, a closer without an opener."""
    assert not any(stroke.ahead for stroke in typed(text).strokes)


def test_what_is_accepted_is_closed_as_far_as_it_is_open() -> None:
    """Behind the closer nothing is left of it."""
    passage = typed("f(a)b")
    assert [Ahead(")", 3), Ahead(")", 3), Ahead("", 0)] == [ahead(passage, 2, done) for done in (2, 3, 4)]


def test_quotes_are_closed_inside_brackets() -> None:
    """The innermost stands first."""
    assert ["(|)", '("|")', '("a|")', '("a"|)', '("a")|'] == states('("a")')


def test_what_undoes_an_opener_takes_its_closer() -> None:
    """There is never one more than there are open brackets, whatever is taken back."""
    passage = typed("aa(bb(cc)dd)ee", CLUMSY)
    for stroke in passage.strokes:
        left = passage.text[: stroke.done]
        assert len(stroke.ahead) <= left.count("(") - left.count(")")


def test_one_key_takes_back_a_word() -> None:
    """As undo does, and the word is typed once more."""
    passage = typed("some words to undo in one line", Habits(slips=0, second_thoughts=0.2, undone=1))
    done = [stroke.done for stroke in passage.strokes]
    assert 2 < max(one - other for one, other in itertools.pairwise(done))


@given(TEXTS, st.integers(0, 50))
def test_closers_are_the_passages_own(text: str, seed: int) -> None:
    """What stands right of the cursor comes in the text that is still to be typed, first where it is said to."""
    passage = Typist(str(seed), CLUMSY).passage(0, text, "    ", closes=True)
    for stroke in passage.strokes:
        rest = iter(text[stroke.done :])
        assert all(character in rest for character in stroke.ahead)
        assert not stroke.ahead or text.startswith(stroke.ahead[0], stroke.ahead_at)


@given(TEXTS, st.integers(0, 50), st.dictionaries(st.integers(0, 60), st.integers(1, 30), max_size=6))
def test_a_passage_ends_in_its_text_whatever_is_accepted(text: str, seed: int, accepted: dict[int, int]) -> None:
    """With closers right of the cursor, too, which nobody writes a second time."""
    passage = Typist(str(seed), CLUMSY).passage(0, text, "    ", closes=True)
    stands, right, done, at = "", Ahead("", 0), 0, 0
    while at < len(passage.strokes):
        room = (right.at if right.text else len(text)) - done
        if (more := min(accepted.get(at, 0), room)) and not (at and passage.strokes[at - 1].wrong):
            done += more
            at = next_stroke(passage, at, done)
            right = ahead(passage, at, done)
            new = text[:done] + right.text
        else:
            stroke = passage.strokes[at]
            new, right, done, at = state(passage, stroke), Ahead(stroke.ahead, stroke.ahead_at), stroke.done, at + 1
        change = edit(stands, new)
        stands = stands[: change.start] + change.text + stands[change.end :]
    assert text == stands
