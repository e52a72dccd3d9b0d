"""What the document repeats, and when it is heard instead of the model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi_ls.context.repeats import find_repeat
from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop, Reason
from phi_ls.ghost_text.second_opinion import share, weigh

CALIBRATION = ((0.2, 0.05), (0.5, 0.2), (0.9, 0.7))
REGISTER = "registry.register('alpha', handler=make_handler)\n"
ABOVE = f"{REGISTER}\n\nprepare()\nregistry.clear()\n"


def at(text: str) -> Snapshot:
    """The snapshot of a text with a | at the cursor."""
    before = text.partition("|")[0].split("\n")
    lines = text.replace("|", "", 1).split("\n")
    return Snapshot(
        uri="", version=1, language="python", path="a.py", lines=tuple(lines), first_line=0,
        total_lines=len(lines), line=len(before) - 1, column=len(before[-1]),
    )  # fmt: skip


def heard(text: str, mine: str | Drop, *, probability: float, least: float = 0.3) -> str | Drop:
    """What is shown at the cursor."""
    now = at(text)
    repeat = find_repeat(now)
    return weigh(
        now, mine, probability=probability, min_confidence=least, calibration=CALIBRATION, repeat=repeat
    )  # fmt: skip


def test_a_line_goes_on_as_it_did_where_most_of_it_stood_before() -> None:
    """Of two places with the same beginning, the one with more in common in front of it is taken."""
    text = "start(1)\nuse(first, True)\nstop()\nuse(first, False)\nrun()\nstart(1)\nuse(|\n"
    repeat = find_repeat(at(text))
    assert repeat is not None
    assert ("first, True)", len("start(1)use(")) == (repeat.rest, repeat.matched)


def test_a_repetition_below_the_cursor_is_found() -> None:
    """What follows the cursor counts as much as what precedes it."""
    repeat = find_repeat(at(f"registry.reg|\n\n{REGISTER}"))
    assert repeat is not None
    assert "ister('alpha', handler=make_handler)" == repeat.rest


def test_what_stands_right_of_the_cursor_is_not_repeated() -> None:
    """Where a bracket is closed already, the text up to its other end is enough."""
    repeat = find_repeat(at(f"{REGISTER}registry.register(|)\n"))
    assert repeat is not None
    assert "'alpha', handler=make_handler" == repeat.rest


@pytest.mark.parametrize("text", ["|", "\n\n|", "    |", "x|"])
def test_nothing_is_repeated_where_nothing_was(text: str) -> None:
    """Blanks alone, and text that stands nowhere else, have no repetition."""
    assert find_repeat(at(text)) is None


@given(st.text(alphabet="ab (\n)", max_size=80), st.integers(0, 80))
def test_a_repetition_stands_in_the_document(text: str, cursor: int) -> None:
    """Whatever the document, what is offered is a part of a line that has at least as much in front of it."""
    now = at(f"{text[:cursor]}|{text[cursor:]}".replace("||", "|", 1))
    repeat = find_repeat(now)
    if repeat is not None:
        assert repeat.rest.strip()
        assert "\n" not in repeat.rest
        assert repeat.rest in text
        assert repeat.matched >= 1


def test_an_unsure_model_yields_to_a_long_repetition() -> None:
    """The model's own line is shown only where it is right more often than the repetition."""
    text = f"{ABOVE}registry.register('|\n"
    assert "alpha', handler=make_handler)" == heard(text, "beta')", probability=0.35)
    assert "beta')" == heard(text, "beta')", probability=0.9)


def test_a_hidden_suggestion_may_be_replaced() -> None:
    """Where the model is too unsure to be shown, a repetition that is sure enough is; a short one is not."""
    unsure = Drop(reason=Reason.LOW_CONFIDENCE, detail="")
    assert "alpha', handler=make_handler)" == heard(f"{ABOVE}registry.register('|\n", unsure, probability=0.1)
    assert unsure == heard("x = 1\ny = 2\nz |\n", unsure, probability=0.1)


def test_the_user_who_asks_for_certainty_gets_it_of_repetitions_too() -> None:
    """With a high `minConfidence`, a repetition that is right less often than such suggestions stays hidden."""
    unsure = Drop(reason=Reason.LOW_CONFIDENCE, detail="")
    assert unsure == heard(f"{ABOVE}registry.register('|\n", unsure, probability=0.1, least=0.9)


@pytest.mark.parametrize(
    ("certainty", "expected"), [(0.0, 0.05), (0.2, 0.05), (0.35, 0.125), (0.5, 0.2), (0.9, 0.7), (1.0, 0.7)]
)
def test_shares_lie_on_lines_between_the_points(certainty: float, expected: float) -> None:
    """Between two measured points in proportion, beyond the ends as at the ends."""
    assert expected == pytest.approx(share(CALIBRATION, certainty))
