"""The suggestion cache: the same place, typing along, and never another place's text."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pure.drawn_snapshot import CURSOR, draw
from pure.remembered import remembering, served

from phi_ls.caches.suggestions import TYPED_LIMIT, Hit, Suggestions, contradicts
from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.second_look import still_fits


def test_serves_the_same_place_again() -> None:
    """At the position that it was made for, a suggestion comes whole, with the model's own text."""
    suggestions = Suggestions()
    suggestions.put(draw("x = ‸"), "compute()", raw="compute()\ny = 2")
    assert Hit(text="compute()", typed="", raw="compute()\ny = 2") == suggestions.lookup(draw("x = ‸"))


def test_serves_what_is_left_while_the_user_types_along() -> None:
    """After its first letters have been typed, the rest of the suggestion comes."""
    assert "pute()" == served(remembering("x = ‸", "compute()"), "x = com‸")


def test_serves_again_after_a_letter_was_taken_back() -> None:
    """Back at an earlier place along the suggestion, more of it is left."""
    suggestions = remembering("x = ‸", "compute()")
    assert ["ute()", "pute()"] == [served(suggestions, "x = comp‸"), served(suggestions, "x = com‸")]


def test_serves_nothing_for_other_letters() -> None:
    """Typing something else ends the suggestion."""
    assert served(remembering("x = ‸", "compute()"), "x = cop‸") is None


def test_serves_nothing_when_all_is_typed() -> None:
    """A suggestion that has been typed to its end is no hit."""
    assert served(remembering("x = ‸", "compute()"), "x = compute()‸") is None


def test_a_block_survives_its_line_breaks() -> None:
    """After Enter, with and without the indentation, the rest of a block is served."""
    suggestions = remembering("def f():\n    ‸\n\nx = 1", "y = 1\n    return y")
    assert "    return y" == served(suggestions, "def f():\n    y = 1\n‸\n\nx = 1")
    assert "return y" == served(suggestions, "def f():\n    y = 1\n    ‸\n\nx = 1")
    assert "urn y" == served(suggestions, "def f():\n    y = 1\n    ret‸\n\nx = 1")


def test_serves_the_rest_in_the_documents_line_endings() -> None:
    """In a CRLF document the rest of a block has CRLF, and typing over the line break still fits."""
    suggestions = remembering("def f():\n    ‸", "a = 1\r\n    b = 2\r\n    c = 3", eol="\r\n")
    assert " 1\r\n    b = 2\r\n    c = 3" == served(suggestions, "def f():\n    a =‸", eol="\r\n")
    assert "2\r\n    c = 3" == served(suggestions, "def f():\n    a = 1\n    b = ‸", eol="\r\n")


@pytest.mark.parametrize(
    ("made_at", "text", "now_at", "rest"),
    [
        ("x = ‸", "foo(a, b)", "x = foo(‸)", "a, b"),
        ("x = ‸", "foo(a, b)", "x = foo(a, ‸)", "b"),
        ("x = ‸;", "foo(a, b)", "x = foo(‸);", "a, b"),
        ("x = ‸", "foo(a) + b", "x = foo(‸)", "a"),
        ("x = ‸", "foo(bar(a), b)", "x = foo(bar(‸))", "a"),
        ("x = ‸", '"text"', 'x = "‸"', "text"),
        ("x = ‸", "[1, 2]", "x = [‸]", "1, 2"),
        ("go(‸)", "() => {\n  run();\n}", "go(() => {‸})", "\n  run();\n"),
        ("if (x) ‸", "{\n  run();\n  stop();\n}", "if (x) {\n  ‸\n}", "run();\n  stop();"),
        ("if (x) ‸", "{\n  run();\n  stop();\n}", "if (x) {\n  run();\n  ‸\n}", "stop();"),
        ("go(‸)", "() => {\n  run();\n}", "go(() => {\n  ‸\n})", "run();"),
    ],
)
def test_brackets_that_the_editor_adds_are_no_contradiction(made_at: str, text: str, now_at: str, rest: str) -> None:
    """Closers that appear right of the cursor or a line below while typing along are taken off the rest."""
    assert rest == served(remembering(made_at, text, "javascript"), now_at, "javascript")


def test_brackets_that_nobody_typed_are_another_place() -> None:
    """A closer right of the cursor without its opener typed does not fit."""
    suggestions = remembering("x = ‸", "foo(a)")
    assert [None, None] == [served(suggestions, "x = ‸)"), served(suggestions, "x = fo‸)")]
    assert served(remembering("f(‸)", "x"), "f(‸]") is None


@pytest.mark.parametrize(
    "document",
    [
        "a = 2\nx = ‸\nb = 1",
        "a = 1\nx = ‸\nb = 2",
        "a = 1\ny = ‸\nb = 1",
        "a = 1\nx = ‸ # c\nb = 1",
        "a = 1\nx =‸\nb = 1",
        "a = 1\n\nx = ‸\nb = 1",
        "a = 1x = ‸\nb = 1",
        "a = 1\nx = ‸b = 1",
        "a = 1\nx = compute(‸)\nb = 2",
    ],
)
def test_never_serves_another_places_suggestion(document: str) -> None:
    """A different line above, below, left or right of the cursor is a different place."""
    assert served(remembering("a = 1\nx = ‸\nb = 1", "compute()"), document) is None


def test_documents_and_languages_are_kept_apart() -> None:
    """The same text in another document, or as another language, is another place."""
    suggestions = remembering("x = ‸", "compute()")
    assert suggestions.lookup(draw("x = ‸", uri="file:///w/other.py")) is None
    assert served(suggestions, "x = ‸", "ruby") is None


def test_a_suggestion_moves_with_its_lines() -> None:
    """Lines inserted far above do not matter, nor does a longer window."""
    lines = [f"x{n} = {n}" for n in range(40)]
    suggestions = remembering("\n".join([*lines, "x = ‸"]), "compute()")
    assert "compute()" == served(suggestions, "\n".join(["import os", *lines, "x = ‸"]))


def test_forgets_a_document() -> None:
    """What belongs to a forgotten document is gone, and nothing else."""
    suggestions = remembering("x = ‸", "compute()")
    other = draw("x = ‸", uri="file:///w/other.py")
    suggestions.put(other, "else()", raw="")
    suggestions.forget("file:///w/m.py")
    assert (None, "else()") == (served(suggestions, "x = ‸"), getattr(suggestions.lookup(other), "text", None))


def test_the_newest_suggestion_of_a_place_wins() -> None:
    """A second suggestion at a place replaces the first; blank ones are never kept."""
    suggestions = remembering("x = ‸", "first()")
    suggestions.put(draw("x = ‸"), "second()", raw="")
    suggestions.put(draw("x = ‸"), "  ", raw="")
    assert "second()" == served(suggestions, "x = ‸")


def test_suggestions_grow_old() -> None:
    """After its lifetime a suggestion is gone."""
    now = [0.0]
    suggestions = Suggestions(lifetime_s=10, clock=lambda: now[0])
    suggestions.put(draw("x = ‸"), "compute()", raw="")
    now[0] = 9.0
    assert "compute()" == served(suggestions, "x = ‸")
    now[0] = 11.0
    assert served(suggestions, "x = ‸") is None


def test_the_memory_is_bounded() -> None:
    """Beyond its capacity the places longest unused are forgotten, and one place keeps few suggestions."""
    suggestions = Suggestions(capacity=3)
    for number in range(5):
        suggestions.put(draw(f"# {number}\nx = ‸"), "compute()", raw="")
    assert [None, None, "compute()"] == [served(suggestions, f"# {number}\nx = ‸") for number in (0, 1, 4)]
    for number in range(20):
        suggestions.put(draw(f"x{number} = ‸"), "compute()", raw="")
    assert [None, "compute()"] == [served(suggestions, f"x{number} = ‸") for number in (0, 19)]
    for _ in range(20):
        suggestions.put(draw("x = ‸"), "compute()", raw="")
    assert "compute()" == served(suggestions, "x19 = ‸")


def test_a_place_rejected_twice_is_left_alone_for_a_while() -> None:
    """Two contradictions at a place keep automatic suggestions away from just that place, for a minute."""
    now = [0.0]
    suggestions = Suggestions(clock=lambda: now[0])
    place = draw("x = ‸")
    seen = []
    for _ in range(2):
        suggestions.rejected(place)
        seen.append(suggestions.recently_rejected(place))
    assert [False, True] == seen
    assert not suggestions.recently_rejected(draw("x = y‸"))
    now[0] = 61.0
    assert not suggestions.recently_rejected(place)


def test_forgetting_a_document_forgets_its_rejections() -> None:
    """After a document was closed its places are open to suggestions again."""
    suggestions = Suggestions()
    suggestions.rejected(draw("x = ‸"))
    suggestions.rejected(draw("x = ‸"))
    suggestions.forget("file:///w/m.py")
    assert not suggestions.recently_rejected(draw("x = ‸"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("x = b‸", True),
        ("x = foo(b‸)", True),
        ("x = ‸", False),
        ("x = f‸", False),
        ("x = foo(‸)", False),
        ("x = foo(a)‸", False),
        ("x = foo(a) + 1‸", False),
        ("x =‸", False),
        ("y = 1\nx = b‸", False),
    ],
)
def test_only_other_text_at_the_place_contradicts(now: str, expected: bool) -> None:
    """Typing along, typing on, deleting and being elsewhere contradict nothing; other letters do."""
    assert expected == contradicts(draw("x = ‸"), "foo(a)", draw(now))


LINES = st.text(st.characters(exclude_characters=f"{CURSOR}\r\n", exclude_categories=["Cs"]), max_size=12)
SUGGESTIONS = st.lists(LINES, min_size=1, max_size=5).map("\n".join)


@settings(max_examples=600, deadline=None)
@given(st.lists(LINES, max_size=4), LINES, LINES, st.lists(LINES, max_size=4), SUGGESTIONS, st.data())
def test_typing_any_first_part_leaves_the_rest(
    above: list[str], before: str, after: str, below: list[str], text: str, data: st.DataObject
) -> None:
    """For any document, suggestion and split, what is served is the original less what was typed, or not worth it."""
    split = data.draw(st.integers(0, len(text)))
    eol = data.draw(st.sampled_from(["\n", "\r\n"]))

    def at(typed: str) -> Snapshot:
        return draw("\n".join([*above, before + typed + CURSOR + after, *below]), eol=eol)

    suggestions = Suggestions()
    suggestions.put(at(""), text.replace("\n", eol), raw=text)
    hit = suggestions.lookup(at(text[:split]))
    typed, rest = text[:split], text[split:]
    worth = rest.strip() and still_fits(at(typed), rest, typed=typed, inserted="")
    assert (Hit(text=rest.replace("\n", eol), typed=typed, raw=text) if worth else None) == hit


@settings(max_examples=600, deadline=None)
@given(LINES, SUGGESTIONS, SUGGESTIONS)
def test_nothing_is_served_that_was_not_typed_along(before: str, text: str, typed: str) -> None:
    """Whatever was typed, what is served together with it is the suggestion."""
    suggestions = Suggestions()
    suggestions.put(draw(f"a\n{before}‸"), text, raw=text)
    hit = suggestions.lookup(draw(f"a\n{before}{typed}‸"))
    assert hit is None or typed + hit.text == text


def test_walks_back_a_bounded_way() -> None:
    """A suggestion is followed for 128 typed characters, or sixteen lines, and no further."""
    text = "ab" * 100
    suggestions = remembering("x = ‸", text)
    at_limit, beyond = f"x = {text[:TYPED_LIMIT]}‸", f"x = {text[: TYPED_LIMIT + 1]}‸"
    assert [text[TYPED_LIMIT:], None] == [served(suggestions, at_limit), served(suggestions, beyond)]
    block = "a\n" * 20 + "b"
    suggestions = remembering("‸", block)
    assert "a\n" * 5 + "b" == served(suggestions, "a\n" * 15 + "‸")
    assert served(suggestions, "a\n" * 16 + "‸") is None


def test_a_lookup_is_cheap() -> None:
    """In a full cache and a long document a miss takes well under a millisecond, so it may run before anything else."""
    lines = [f"    value_{n} = compute(value_{n - 1}, {n})" for n in range(2_000)]
    snapshot = draw("\n".join([*lines[:1_000], "x = ‸", *lines[1_000:]]))
    suggestions = Suggestions()
    for number in range(250):
        suggestions.put(replace(snapshot, line=number, column=0), "compute()", raw="")
    times = []
    for _ in range(200):
        started = time.thread_time()
        suggestions.lookup(snapshot)
        times.append(time.thread_time() - started)
    assert sorted(times)[100] < 0.0005
