"""The window around the cursor: it fits, it ends at the cursor, and its edges stay put while a person types."""

from __future__ import annotations

import argparse
import inspect
import json.decoder
import textwrap
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import SUFFIX_SHARE, Edges, Window, after_cut, plan

TOKENS, CHARS = 900, 3.2


def snapshot(lines: list[str], line: int, column: int, *, before: int = 600, after: int = 300) -> Snapshot:
    first = max(0, line - before)
    return Snapshot(
        uri="file:///a.py",
        version=1,
        language="python",
        path="a.py",
        lines=tuple(lines[first : line + after + 1]),
        first_line=first,
        total_lines=len(lines),
        line=line,
        column=column,
    )


def typing(lines: list[str], line: int, text: str) -> Iterator[Snapshot]:
    """Yield the document after each of the characters typed at the start of a new line."""
    lines = [*lines[:line], "", *lines[line:]]
    column = 0
    for char in text:
        if char == "\n":
            lines.insert(line + 1, lines[line][column:])
            lines[line], line, column = lines[line][:column], line + 1, 0
        else:
            lines[line] = lines[line][:column] + char + lines[line][column:]
            column += 1
        yield snapshot(lines, line, column)


def prompt(window: Window) -> str:
    return f"{window.suffix}\0{window.prefix}"


def common(one: str, other: str) -> int:
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


@pytest.mark.parametrize("module", [argparse, json.decoder, inspect, textwrap])
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, 1.0])
def test_prompts_only_grow_at_their_end_while_a_person_types(module: object, place: float) -> None:
    """Over 300 typed characters the prompt is the last one plus a character, but for a rare move of the front edge."""
    lines = inspect.getsource(module).split("\n")  # type: ignore[arg-type]
    line = int((len(lines) - 1) * place)
    typed = "\n".join(lines[line // 2 :])[:300]
    edges, last, shares, moves = None, "", [], 0
    for now in typing(lines, line, typed):
        window = plan(now, tokens_for_text=TOKENS, chars_per_token=CHARS, previous=edges)
        if edges == window.edges:
            assert prompt(window).startswith(last)
        moves += edges not in (None, window.edges)
        if last:
            shares.append(common(last, prompt(window)) / len(last))
        edges, last = window.edges, prompt(window)
    assert sum(shares) / len(shares) >= 0.95
    assert moves <= 1


LINES = st.lists(st.text(alphabet="ab é😀\t", max_size=60), min_size=1, max_size=120)


@settings(max_examples=200, deadline=None)
@given(st.data(), LINES, st.integers(0, 800))
def test_window_fits_and_touches_the_cursor(data: st.DataObject, lines: list[str], tokens: int) -> None:
    """Whatever the document, cursor and earlier edges: within the room, text on both sides is the document's own."""
    line = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[line])))
    now = snapshot(lines, line, column, before=data.draw(st.integers(0, 200)), after=data.draw(st.integers(0, 200)))
    numbers = st.integers(0, 150)
    edges = data.draw(st.none() | st.builds(Edges, start=numbers, end=numbers, start_column=numbers, cut=st.booleans()))
    window = plan(now, tokens_for_text=tokens, chars_per_token=1.0, previous=edges)
    assert now.prefix.endswith(window.prefix)
    assert now.suffix.startswith(window.suffix)
    assert len(window.prefix) + len(window.suffix) <= tokens
    assert len(window.suffix) <= tokens * SUFFIX_SHARE


def test_dense_text_gets_a_smaller_window() -> None:
    """A character of Chinese is more than a token, where code has several characters to one."""
    lines = ["变量 = 函数(参数)  # 注释注释注释"] * 400
    window = plan(snapshot(lines, 200, 0), tokens_for_text=1000, chars_per_token=3.2)
    assert len(window.prefix) + len(window.suffix) < 1000
    assert len(window.prefix) > 300


def test_new_front_edge_is_a_multiple_of_the_step_and_leaves_a_quarter_free() -> None:
    """A document of even lines gets its edge at a sixteenth line, with room to type."""
    lines = ["x = 1 # 20 characters"[:20]] * 400
    window = plan(snapshot(lines, 399, 20), tokens_for_text=1000, chars_per_token=3.0)
    assert window.edges.start % 16 == 0
    assert 3000 * 0.5 < len(window.prefix) <= 3000 * 0.75


def test_small_document_is_shown_whole() -> None:
    """What fits is not cut at either end."""
    window = plan(snapshot(["a", "b", "c"], 1, 1), tokens_for_text=900, chars_per_token=3.2)
    assert Window(prefix="a\nb", suffix="\nc", edges=Edges(start=0, end=0)) == window


def test_long_lines_move_the_edge_by_smaller_steps() -> None:
    """Where sixteen lines are more than the window, half of what would fit is shown nevertheless."""
    lines = ["y" * 200] * 100
    window = plan(snapshot(lines, 50, 200), tokens_for_text=1000, chars_per_token=3.0)
    assert len(window.prefix) >= 3000 * 0.75 / 2 - 201
    assert len(window.suffix) >= 3000 * 0.3 / 2 - 201


def test_line_longer_than_the_window_is_cut_at_a_column_that_stays() -> None:
    """Typing at the end of an endless line keeps the first column until the room is used up."""
    line = "z" * 5000
    first = plan(snapshot([line], 0, 5000), tokens_for_text=300, chars_per_token=3.0)
    second = plan(snapshot([line + "q"], 0, 5001), tokens_for_text=300, chars_per_token=3.0, previous=first.edges)
    assert {0} == {edge.edges.start_column % 256 for edge in (first, second)}
    assert first.prefix + "q" == second.prefix


def test_workers_cut_becomes_the_edge() -> None:
    """After the worker took lines from both ends, the next window begins and ends there, though it is smaller."""
    lines = ["abcdefghijklmnopqrs"] * 400
    first = plan(snapshot(lines, 200, 0), tokens_for_text=1000, chars_per_token=3.2)
    edges = after_cut(first.edges, {"prefix": 60, "suffix": 32})
    second = plan(snapshot(lines, 200, 0), tokens_for_text=1000, chars_per_token=3.2, previous=edges)
    assert first.edges.start + 60 == second.edges.start
    assert first.edges.end + 32 == second.edges.end
    assert first.prefix.endswith(second.prefix)
    assert first.suffix.startswith(second.suffix)


def test_edges_without_a_cut_stay_as_they_are() -> None:
    """A report without cut lines changes nothing."""
    assert Edges(start=16, end=32) == after_cut(Edges(start=16, end=32), {})


def test_jump_gets_an_edge_of_its_own() -> None:
    """A cursor that went up far gets the text around its new place, not the few lines below the old edge."""
    lines = ["abcdefghijklmnopqrs"] * 1000
    low = plan(snapshot(lines, 900, 0), tokens_for_text=1000, chars_per_token=3.2)
    high = plan(snapshot(lines, low.edges.start + 2, 0), tokens_for_text=1000, chars_per_token=3.2, previous=low.edges)
    assert high.edges.start < low.edges.start
    assert len(high.prefix) > 1000


def test_bracket_closed_behind_the_cursor_leaves_the_back_edge() -> None:
    """An editor that inserts the closing bracket changes the first line of the suffix, not where it ends."""
    lines = ["abcdefghijklmnopqrs"] * 300
    for extra in range(20):
        before = plan(snapshot(lines, 100, 19), tokens_for_text=1000 + extra, chars_per_token=3.2)
        lines_now = [*lines[:100], lines[100] + "()", *lines[101:]]
        now = snapshot(lines_now, 100, 20)
        after = plan(now, tokens_for_text=1000 + extra, chars_per_token=3.2, previous=before.edges)
        assert before.edges.end == after.edges.end
