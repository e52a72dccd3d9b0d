"""What a key sends to the server, and what it leaves on the screen."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from bench.editor import Json
from bench.typing_replay.document import OpenFile
from bench.typing_replay.player import VSCODE
from bench.typing_replay.records import Counts, Played
from bench.typing_replay.suggesting import Arrival
from bench.typing_replay.traces import Passage
from bench.typing_replay.typing_in import TypingIn
from bench.typing_replay.typist import Habits, Typist

QUIET = Habits(slips=0, second_thoughts=0)


class Told:
    """Notes what it is told, and suggests the same everywhere."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.edits: list[str] = []
        self.asked = 0
        self._answers: list[Arrival] = []

    def __enter__(self) -> Told:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.shut_down()

    def notify(self, method: str, params: Any) -> None:
        """Note an edit: the characters replaced, and the text."""
        if method == "textDocument/didChange":
            (change,) = params["contentChanges"]
            span: Json = change["range"]
            replaced = span["end"]["character"] - span["start"]["character"]
            self.edits.append(f"{replaced}{change['text']}")

    def suggestion(self, uri: str, line: int, character: int) -> int:
        """Answer at once."""
        self.asked += 1
        items = [{"insertText": self.text}] if self.text else []
        self._answers.append(Arrival(self.asked, time.perf_counter(), {"result": {"items": items}}))
        return self.asked

    def cancel(self, message_id: int) -> None:
        """Too late."""

    def arrival(self, until: float) -> Arrival | None:
        """Return the last answer."""
        return self._answers.pop() if self._answers else None

    def reasons(self, uri: str) -> dict[int, str]:
        """Return the same reason for all."""
        return dict.fromkeys(range(1, self.asked + 1), "midWord")

    def count(self) -> Counts:
        """Return nothing."""
        return Counts()

    def wait_until_idle(self) -> None:
        """It always is."""

    def shut_down(self) -> None:
        """There is nothing to end."""


def begun(client: Told, text: str) -> tuple[TypingIn, Passage]:
    passage = Typist("1", QUIET).passage(0, text, closes=True)
    return TypingIn(client, VSCODE, OpenFile(client, "file:///m.py", "c", ""), Played(trace="", language="c")), passage


def press_all(client: Told, text: str) -> TypingIn:
    typing, passage = begun(client, text)
    for stroke in passage.strokes:
        typing.press(passage, stroke)
    assert text == typing.file.text
    return typing


def test_an_opener_brings_its_closer_which_is_typed_over() -> None:
    """Both in one edit, then the closer in its own place; each asks."""
    client = Told()
    press_all(client, "f(a)")
    assert ["0f", "0()", "0a", "1)"] == client.edits
    assert 4 == client.asked


def test_the_cursor_moves_over_a_closer_on_a_line_below() -> None:
    """Without an edit and without a question."""
    client = Told()
    typing = press_all(client, "{\n    a\n}")
    assert ["0{}", "0\n    \n", "0a"] == client.edits
    assert (3, "move") == (client.asked, typing.played.keys[-1].kind)


def test_what_the_editor_closes_is_not_suggested_any_more() -> None:
    """The suggestion goes with the key, and no answer has replaced it."""
    client = Told("(a);")
    typing, passage = begun(client, "f(a)")
    typing.press(passage, passage.strokes[0])
    typing.rest(time.perf_counter() + 0.01)
    assert "(a);" == typing.screen.text
    typing.press(passage, passage.strokes[1])
    assert ("", 0, 0) == (typing.screen.text, typing.screen.replaced, typing.screen.vanished)


def test_nobody_means_to_write_a_closer_that_is_there() -> None:
    """What is meant ends in front of it."""
    typing, passage = begun(Told(), "f(a)b")
    for stroke in passage.strokes[:2]:
        typing.press(passage, stroke)
    assert "a" == typing.meant(passage, 2)


def test_reasons_are_asked_for_when_there_are_enough() -> None:
    """And not again for the same keys."""
    client = Told()
    typing = press_all(client, "abc")
    typing.ask_why(at_least=4)
    assert [""] * 3 == [key.reason for key in typing.played.keys]
    typing.ask_why(at_least=3)
    assert ["midWord"] * 3 == [key.reason for key in typing.played.keys]
    assert 1 == typing.without_reason
