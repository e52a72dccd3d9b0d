"""What counts as typing on from an earlier cursor."""

from __future__ import annotations

import pytest

from phi_ls.context.continuation import may_continue, typed_since
from phi_ls.context.snapshot import Snapshot

MARK = "‸"


def at(text: str, first_line: int = 0) -> Snapshot:
    """Return the snapshot of a text with the cursor at the mark."""
    before, _, after = text.partition(MARK)
    lines = tuple((before + after).split("\n"))
    line = before.count("\n")
    return Snapshot(
        uri="file:///a.py",
        version=1,
        language="python",
        path="a.py",
        lines=lines[first_line:],
        first_line=first_line,
        total_lines=len(lines),
        line=line,
        column=len(before.rpartition("\n")[2]),
    )


@pytest.mark.parametrize(
    ("old", "new", "typed"),
    [
        ("x = ‸\ny", "x = ‸\ny", ""),
        ("x = ‸\ny", "x = 12‸\ny", "12"),
        ("if x:‸\ny", "if x:\n    z‸\ny", "\n    z"),
        ("x = ‸)\ny", "x = (1‸)\ny", "(1"),
        ("f‸\ny", "f(‸)\ny", "("),
        ("f‸\ny", "f(‸]\ny", None),
        ("f(‸)\ny", 'f("‸")\ny', '"'),
        ("x = ‸\ny", "x = 12‸\nz", None),
        ("a\nx = ‸", "b\nx = 1‸", None),
        ("x = 1‸", "x = ‸", None),
        ("x = ‸", "y = 1‸", None),
        ("x = ‸)", "x = 1‸]", None),
    ],
)
def test_typed_since(old: str, new: str, typed: str | None) -> None:
    """Only an insertion at the old cursor, with all around it unchanged, is typing on."""
    assert typed == typed_since(at(old), at(new))


def test_slices_may_begin_at_different_lines() -> None:
    """The slice of a large document moves with the cursor; the comparison looks at line numbers."""
    text = "\n".join(f"line {number}" for number in range(60))

    assert typed_since(at(f"{text}\nx = ‸", 2), at(f"{text}\nx = y‸", 7)) == "y"


@pytest.mark.parametrize(
    ("now", "written", "fits"),
    [
        ("x = 1‸\nend", "12", True),
        ("x = (‸)\nend", "(1, 2)", True),
        ("x = [‸]\nend", "(1, 2)", False),
        ("x = 12‸\nend", "12", True),
        ("x = 123‸\nend", "12", True),
        ("x = 3‸\nend", "12", False),
        ("x = 1‸\nother", "12", False),
        ("y = 1‸\nend", "12", False),
    ],
)
def test_may_continue(now: str, written: str, fits: bool) -> None:
    """After an edit, a generation lives on exactly while the text at its cursor can be its own, or runs ahead of it."""
    old = at("x = ‸\nend")
    document = at(now)
    seen_again = at(now.replace(MARK, "")[: len("x = ")] + MARK + now.replace(MARK, "")[len("x = ") :])

    assert document.lines == seen_again.lines
    assert fits == may_continue(old, seen_again, written)


@pytest.mark.parametrize(
    ("typed", "written", "fits"), [("", "12", True), ("1", "12", True), ("123", "12", True), ("3", "12", False)]
)
def test_may_continue_where_the_document_ends(typed: str, written: str, fits: bool) -> None:
    """Nothing stands behind the cursor there, which every text begins with."""
    assert fits == may_continue(at("x = ‸"), at(f"x = ‸{typed}"), written)
