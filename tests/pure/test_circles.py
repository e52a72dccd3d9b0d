"""Explanations that turn in circles, and those that only repeat themselves as people do."""

from __future__ import annotations

import pytest

from phi_ls.answers.circles import without_circles


@pytest.mark.parametrize(
    ("cut", "text"),
    [
        ("Return a value, or …", "Return a value, or a value, or a value, or a value,"),
        ("Process a delimited …", "Process a delimited delimited delimited delimited"),
        ("It is the end. Then it is read …", "It is the end. " + "Then it is read " * 3),
        ("First line.\nThe same line …", "First line.\n" + "The same line\n" * 5),
    ],
)
def test_a_circle_is_cut_after_its_first_round(cut: str, text: str) -> None:
    """What was said before it stays, and the reader sees that it was cut."""
    assert cut == without_circles(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is very, very slow.",
        "A list of a list of a list of numbers.",
        "The first line, then the second line, then the third line",
        "It returns 0 0 0 0 0",
        "| yes | yes | yes | yes |",
        "---- ---- ---- ---- ----",
        "```python\nprint() \nprint() \nprint() \nprint() \nprint() ",
    ],
)
def test_what_people_write_is_left_alone(text: str) -> None:
    """Emphasis, enumerations, numbers, tables, rulers and code."""
    assert text == without_circles(text)
