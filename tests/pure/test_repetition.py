"""Loops of small models end the generation and are not shown."""

from __future__ import annotations

import pytest

from phi_ls.ghost_text.repetition import cut_loop, loops

CALL = "res.json('/', (req, res) => {"


def stairs(count: int, step: str = "  ") -> str:
    """A call that takes a function that makes the call, and so on."""
    return "\n".join(step * depth + CALL for depth in range(count))


def test_a_staircase_of_equal_lines_is_a_loop() -> None:
    """The same line three times, each deeper, is cut off with all its steps; text in front of it stays."""
    assert loops(stairs(3))
    assert "" == cut_loop(stairs(3))
    assert "start();" == cut_loop(f"start();\n{stairs(5)}")


@pytest.mark.parametrize(
    "text",
    [
        stairs(2),
        stairs(4, step=""),
        "\n".join(["    0, 0, 0, 0, 0,"] * 3),
        "if a:\n    if a:\n        if a:\n            run()",
        "  {\n    {\n      {\n",
    ],
)
def test_lines_that_people_write_are_no_staircase(text: str) -> None:
    """Two nested calls, rows of a table, and short lines that nest are left alone."""
    assert not loops(text)
    assert text == cut_loop(text)
