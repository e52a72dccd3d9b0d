"""When a suggestion is taken in a replay, and what stands on the screen."""

from __future__ import annotations

import pytest
from bench.typing_replay.acceptance import READ_MS, Acceptance, acceptance
from bench.typing_replay.screen import Screen


@pytest.mark.parametrize(
    ("suggestion", "meant", "taken"),
    [
        ("count + 1", "count + 1\nreturn", Acceptance(9, 1, True)),
        ("count + 2", "count + 1", Acceptance(7, 2, False)),
        ("counter", "count + 1", None),
        ("x)", "x)\n", None),
        ("first(second)", "first(third)", Acceptance(6, 2, False)),
        ("a.b", "a.c", None),
        ("", "count", None),
    ],
)
def test_what_is_meant_is_taken(suggestion: str, meant: str, taken: Acceptance | None) -> None:
    """All of a suggestion that is right and long enough, else its first right words where they save keys."""
    assert taken == acceptance(suggestion, meant, READ_MS)


def test_nobody_takes_what_they_have_not_read() -> None:
    """A suggestion must have been on the screen for a moment."""
    assert acceptance("count + 1", "count + 1", READ_MS - 1) is None


def test_a_suggestion_stays_while_it_is_typed_along() -> None:
    """The same answer changes nothing, and it has been there all the time."""
    screen = Screen()
    screen.answered("count", 10.0)
    screen.typed("c")
    screen.answered("ount", 11.0)
    assert ("ount", 2.0, 0, 0) == (screen.text, screen.shown_s(12.0), screen.replaced, screen.vanished)


def test_another_answer_while_it_fits_is_counted() -> None:
    """Replaced by another one, or taken away by an empty answer."""
    screen = Screen()
    screen.answered("count", 10.0)
    screen.answered("other", 11.0)
    screen.answered("", 12.0)
    assert (1, 1) == (screen.replaced, screen.vanished)


def test_another_key_takes_the_suggestion_away() -> None:
    """What comes after that replaces nothing."""
    screen = Screen()
    screen.answered("count", 10.0)
    screen.typed("x")
    screen.answered("yz", 11.0)
    assert ("yz", 0, 0) == (screen.text, screen.replaced, screen.vanished)
