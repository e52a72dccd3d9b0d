"""What is shown and kept of the peer's answers."""

from __future__ import annotations

import pytest
from bench.typing_replay.peer_answers import TYPED_ALONG, KeptAnswers, first_line, shaped

from phi_ls.context.snapshot import Snapshot


def at(text: str, *, uri: str = "file:///m.py", after: str = "") -> Snapshot:
    lines = tuple(f"{text}{after}".split("\n"))
    row, column = text.count("\n"), len(text.rpartition("\n")[2])
    return Snapshot(
        uri=uri,
        version=1,
        language="python",
        path="m.py",
        lines=lines,
        first_line=0,
        total_lines=len(lines),
        line=row,
        column=column,
    )


@pytest.mark.parametrize(
    ("before", "now", "left"),
    [
        (at("a = "), at("a = f"), "oo(x)\n    b"),
        (at("a = "), at("a = foo(x)\n  "), "  b"),
        (at("a = "), at("a = foo(x)\n    b"), ""),
        (at("a = "), at("a = g"), ""),
        (at("a = "), at("b = f"), ""),
        (at("a = "), at("a = f", after=")"), ""),
        (at("a = "), at("a = f", uri="file:///other.py"), ""),
        (at("a = "), at("a ="), ""),
    ],
)
def test_an_answer_is_served_where_it_was_typed_along(before: Snapshot, now: Snapshot, left: str) -> None:
    """In the same document, with the same text around it, as far as something of it is left."""
    kept = KeptAnswers()
    kept.put(before, "foo(x)\n    b")
    assert left == kept.typed_along(now)


def test_an_answer_is_served_for_so_many_characters() -> None:
    """As the plug-in looks no further back."""
    kept, long = KeptAnswers(), "x" * (TYPED_ALONG + 2)
    kept.put(at(""), long)
    assert "xx" == kept.typed_along(at("x" * TYPED_ALONG))
    assert "" == kept.typed_along(at("x" * (TYPED_ALONG + 1)))


@pytest.mark.parametrize(
    ("text", "line"), [("a\nb", "a"), ("\n\n    a\nb", "\n\n    a"), ("a", "a"), ("  \n ", "  \n ")]
)
def test_a_line_ends_where_it_is_not_blank(text: str, line: str) -> None:
    """Behind line feeds at the beginning there is one, too."""
    assert line == first_line(text)


@pytest.mark.parametrize(("after", "text", "shown"), [(")", "x)  ", "x"), ("", "x)\n", "x)"), (")", "\n", "")])
def test_what_stands_to_the_right_is_left_off(after: str, text: str, shown: str) -> None:
    """And blanks at the end."""
    assert shown == shaped(at("f(", after=after), text)
