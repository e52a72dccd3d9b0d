"""Passages of other documents in the prompts: chosen where it costs nothing, in their places while they stay."""

from __future__ import annotations

from dataclasses import replace

from phi_ls.context.passages import OpenFile
from phi_ls.context.ring import JUMP_LINES, PAUSE_S, Ring
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.snippets import MAX_FILES
from phi_ls.context.window import Edges, Window

TEXT = tuple(f"name_{number}" for number in range(200))


def file(name: str, *, edited: int | None = 0, version: int = 1) -> OpenFile:
    """Return an open document whose lines are all its own."""
    lines = [f"{name}_{number} = {name}({number})" for number in range(40)]
    return OpenFile(
        uri=f"file:///w/{name}.py", version=version, language="python", path=f"{name}.py", lines=lines,
        edited_line=edited,
    )  # fmt: skip


class Desk:
    """Documents that are open, a clock, and a person who asks at lines of one document."""

    def __init__(self, *files: OpenFile) -> None:
        self.files = list(files)
        self.now = 100.0
        self.edges = Edges(start=0, end=0)
        self.ring = Ring(lambda: self.files, lambda: self.now)
        self._previous: Edges | None = None

    def ask(self, line: int, after_s: float = PAUSE_S / 3, room: int = 4000) -> list[str]:
        """Return the first lines of the passages in the prompt at this line."""
        self.now += after_s
        snapshot = Snapshot(
            uri="file:///w/m.py", version=1, language="python", path="m.py", lines=TEXT, first_line=0,
            total_lines=len(TEXT), line=line, column=0,
        )  # fmt: skip
        while self.ring.catch_up(snapshot):
            pass
        found, window = self.ring.around(
            snapshot,
            lambda taken: Window(prefix="x" * (1000 - taken), suffix="", edges=self.edges),
            previous=self._previous,
            tokens_for_text=room,
            chars_per_token=4.0,
        )
        self._previous = window.edges
        return [each.text.partition("\n")[0] for each in found]

    def edit(self, name: str, line: int) -> None:
        """Change a line of another document."""
        at = next(index for index, each in enumerate(self.files) if each.path == f"{name}.py")
        old = self.files[at]
        lines = [*old.lines[:line], f"edited_{name}_{line}", *old.lines[line + 1 :]]
        self.files[at] = replace(old, lines=lines, version=old.version + 1, edited_line=line)


A, B, C = (f"{name}_0 = {name}(0)" for name in "abc")


def test_typing_changes_no_passage() -> None:
    """Whatever is opened and edited meanwhile, without a pause."""
    desk = Desk(file("a"))
    assert [A] == desk.ask(10)
    desk.files.append(file("b"))
    desk.edit("a", 20)
    assert [A] == desk.ask(10)
    assert [A] == desk.ask(11)


def test_a_pause_brings_what_is_new_to_the_end() -> None:
    """What is shown keeps its place, whatever has been used since."""
    desk = Desk(file("a"))
    desk.ask(10)
    desk.files.append(file("b"))
    assert [A] == desk.ask(10, PAUSE_S / 2)
    assert [A, B] == desk.ask(10, 2 * PAUSE_S)
    assert [A, B] == desk.ask(10)


def test_a_pause_alone_changes_nothing() -> None:
    """Other names around the cursor are no reason to compute the prompt anew; at a jump they are looked up."""
    filling = [f"other_{number}" for number in range(20)]
    desk = Desk(replace(file("a"), lines=["def name_30(): ...", *filling], edited_line=None))
    assert [] == desk.ask(5)
    assert [] == desk.ask(30, 10 * PAUSE_S)
    desk.ask(100)
    assert ["def name_30(): ..."] == desk.ask(30)


def test_in_a_pause_nothing_is_displaced() -> None:
    """Where there is room for one passage only, the old one stays until the prompt is another one anyway."""
    desk = Desk(file("a"))
    desk.ask(10, room=400)
    desk.files.append(file("b"))
    assert [A] == desk.ask(10, 2 * PAUSE_S, room=400)
    assert [B] == desk.ask(100, room=400)


def test_a_jump_brings_what_is_new() -> None:
    """The text after the cursor is another one, so that the prompt is anyway."""
    desk = Desk(file("a"))
    desk.ask(10)
    desk.files.append(file("b"))
    assert [A] == desk.ask(10 + JUMP_LINES)
    assert [A, B] == desk.ask(10 + 2 * JUMP_LINES + 1)


def test_another_window_brings_what_is_new() -> None:
    """Its front edge has moved, and with it all that stands behind."""
    desk = Desk(file("a"))
    desk.ask(10)
    desk.files.append(file("b"))
    desk.edges = Edges(start=16, end=0)
    assert [A, B] == desk.ask(10)


def test_an_edge_that_is_not_shown_is_no_other_window() -> None:
    """A model that is shown nothing behind the cursor has the same prompt wherever that would end."""
    desk = Desk(file("a"))
    desk.ask(10)
    desk.files.append(file("b"))
    desk.edges = Edges(start=0, end=7)
    assert [A] == desk.ask(10)


def test_lines_that_were_edited_are_shown_as_they_are() -> None:
    """The old text goes at the next occasion, the new one comes at the end."""
    desk = Desk(file("a"), file("b"))
    assert [B, A] == desk.ask(10)
    desk.edit("b", 0)
    assert [A, "edited_b_0"] == desk.ask(10, 2 * PAUSE_S)


def test_what_moved_within_its_document_stays() -> None:
    """Lines above it that came or went have changed nothing of it."""
    desk = Desk(file("a"), file("b"))
    desk.ask(10)
    desk.files[1] = replace(desk.files[1], lines=["import os", *desk.files[1].lines], version=2, edited_line=None)
    assert B == desk.ask(100)[0]


def test_what_is_shown_stays_though_its_document_is_not_looked_at() -> None:
    """Where so many have been opened since that others are looked at."""
    desk = Desk(file("a"))
    desk.ask(10)
    desk.files += [file(f"other{number}", edited=None) for number in range(2 * MAX_FILES)]
    assert [A] == desk.ask(100)


def test_a_document_that_is_closed_or_refused_goes_at_once() -> None:
    """Without waiting for a pause: what may not be read is in no prompt."""
    desk = Desk(file("a"), file("b"))
    assert [B, A] == desk.ask(10)
    del desk.files[0]
    assert [B] == desk.ask(10)


def test_what_the_worker_cut_off_stays_off() -> None:
    """It has no room; put in front again and again, it would be cut from every prompt."""
    desk = Desk(file("a"), file("b"))
    desk.ask(10)
    desk.ring.cut("file:///w/m.py", {"snippet 1": 16, "prefix": 16})
    assert [B] == desk.ask(10)


def test_the_document_used_last_comes_first() -> None:
    """Where there is room for one passage only, it is of the document that was typed in before this one."""
    desk = Desk(file("a"), file("b"), file("c"))
    there = Snapshot(
        uri="file:///w/a.py", version=1, language="python", path="a.py", lines=TEXT, first_line=0,
        total_lines=len(TEXT), line=0, column=0,
    )  # fmt: skip
    window = Window(prefix="", suffix="", edges=desk.edges)
    desk.ring.around(there, lambda _: window, previous=None, tokens_for_text=0, chars_per_token=4.0)
    assert [A] == desk.ask(10, room=400)
    assert [C] == Desk(file("a"), file("b"), file("c")).ask(10, room=400)
