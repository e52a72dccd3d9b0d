"""What is left of a suggestion once more before the filters, at the place where the cursor has come to."""

from __future__ import annotations

import pytest
from pure.drawn_snapshot import draw

from phi_ls.ghost_text.second_look import still_fits


@pytest.mark.parametrize(
    ("document", "typed", "rest", "inserted", "expected"),
    [
        ("f(bar(x‸)", "bar(x", ")", "", True),
        ("bar(x‸)", "bar(x", ")", ")", False),
        ("class A(B‸", "A(B", "):", "", True),
        ("class A(B‸\n)", "B", "):", "", False),
        ('x = "a‸"', "a", '"', "", False),
        ("x = a‸]", "a", "]", "", False),
        ("x = 1\nx = ‸", "", "1", "", False),
        ("x = 1\ny = ‸", "", "1", "", True),
        ("a = 1\nb = 2\n‸", "a = 1\nb = 2\n", "a = 1\nb = 2", "", False),
        ("f([1‸])", "[1", ", 2]", "", True),
    ],
)
def test_what_is_left_fits_or_not(document: str, typed: str, rest: str, inserted: str, expected: bool) -> None:
    """Its own closers belong to it; those that the editor or the document has written already do not."""
    assert expected == still_fits(draw(document), rest, typed=typed, inserted=inserted)
