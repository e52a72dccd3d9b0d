"""A generation stops at the first line that no filter would show."""

from __future__ import annotations

import pytest
from pure.drawn_snapshot import draw

from phi_ls.ghost_text.stopping import finished

BODY = "def f(a, b):\n    ‸"
CALL = "def f(a, b):\n    run(‸"
CLOSED = "def f(a, b):\n    run(‸)"


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (BODY, "a = b.first()\n    a = b.first()\n"),
        (BODY, "run(a)\n    stop(b)\n    run(a)\n    stop(b)\n"),
        (BODY, "if a:\n        return b\n    else:\n        return b\n    return a\n"),
        (BODY, "a = 1\n    b = b\n"),
        (BODY, "return re.sub(r'\\s*\\s*\\s*\\s*\\s*\\s*"),
        (BODY, "run(a))"),
        (BODY, "a = [\n        1,\n    ]\n    b = a)"),
        (CALL, "a, b) or (c)) "),
    ],
)
def test_stops_where_the_next_filter_cuts(document: str, text: str) -> None:
    """As soon as the repetition, the nonsense or the bracket too many is written, and not a character earlier."""
    snapshot = draw(document, "python")
    assert finished(snapshot, text.rstrip(" "), multiline=True)
    assert not finished(snapshot, text.rstrip(" ")[:-1], multiline=True)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (BODY, "a = b.first()\n    a = b.first()"),
        (BODY, "a = b"),
        (BODY, "if a:\n        return b\n    else:\n        return b\n        "),
        (BODY, "return [\n        None,\n        None,\n"),
        (BODY, "run(f(g(a)))"),
        (CALL, "a, b)"),
        (CLOSED, "a), run(b"),
    ],
)
def test_goes_on_while_more_may_make_it_right(document: str, text: str) -> None:
    """A line that may go on, a branch that may be longer, brackets that are the document's own."""
    assert not finished(draw(document, "python"), text, multiline=True)
