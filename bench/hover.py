"""How late a hover is while an explanation is written and a person types, and how soon a known answer is there."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.crowd import Crowd, Typist
from bench.documents import long_module
from bench.editor import Json
from bench.report import Report
from bench.sandbox import Sandbox

SYMBOLS = 60
DEADLINE_MS = 250
"""Shorter than an explanation takes, so that hovers behind one do reach it."""

LATE_MS = 50.0
KNOWN_MS = 10.0
KEY_S = 0.12
GIVE_UP_S = 60.0

STILL = "still generating"


@dataclass(frozen=True)
class Hover:
    """A hover's answer."""

    text: str
    ms: float

    @property
    def is_whole(self) -> bool:
        """Whether the model had ended by then."""
        return STILL not in self.text


def measure(sandbox: Sandbox, *, symbols: int = SYMBOLS) -> Report:
    """Hover over functions of a large module, each for the first time; then again, and again after a restart."""
    report = Report("Hover while an explanation is written and a person types, built-in model")
    source = long_module()
    places = functions(source)[:symbols]
    uri = sandbox.uri("base_events.py")
    with Crowd(env=sandbox.env(), cwd=sandbox.folder) as editor:
        _begin(editor, uri, source)
        crowded, keys = _crowded(editor, sandbox, uri, places)
        _settle(editor, uri, places)
        again = [hover(editor, uri, place) for place in places]
        editor.shut_down()
    with Crowd(env=sandbox.env(), cwd=sandbox.folder) as editor:
        _begin(editor, uri, source)
        restarted = [hover(editor, uri, place) for place in places]
        editor.shut_down()
    _enter(report, crowded, again, restarted)
    report.notes += [
        f"hover.deadlineMs is {DEADLINE_MS}; {len(places)} functions, and always an explanation on its way",
        f"meanwhile {keys} keys are typed in another document, one each {1000 * KEY_S:.0f} ms",
        "time from the request's first byte to the parsed answer",
    ]
    return report


def functions(source: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of the names of functions."""
    found = ((line, re.search(r"\bdef (\w)", text)) for line, text in enumerate(source))
    return [(line, match.start(1)) for line, match in found if match is not None]


def hover(editor: Crowd, uri: str, place: tuple[int, int]) -> Hover:
    """Hover, and wait for the answer."""
    begun = time.perf_counter()
    asked = editor.ask("textDocument/hover", _at(uri, place))
    message, arrived = editor.arrival(asked)
    return Hover(str(message["result"]["contents"]["value"]), (arrived - begun) * 1000)


def _begin(editor: Crowd, uri: str, source: Sequence[str]) -> None:
    editor.initialize({"hover": {"deadlineMs": DEADLINE_MS}, "offerModel": False, "exclude": []})
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "\n".join(source)}
    editor.notify("textDocument/didOpen", {"textDocument": item})
    while not editor.command("phi-ls.status")["device"]:
        if time.perf_counter() - editor.started > GIVE_UP_S:
            raise RuntimeError("the model is not loaded")


def _crowded(editor: Crowd, sandbox: Sandbox, uri: str, places: Sequence[tuple[int, int]]) -> tuple[list[Hover], int]:
    found, explaining = [], _explain(editor, uri, 0)
    with Typist(editor, sandbox.uri("typed.txt"), KEY_S) as typist:
        for number, place in enumerate(places, 1):
            if editor.is_answered(explaining):
                editor.outcome(explaining)
                explaining = _explain(editor, uri, number)
            found.append(hover(editor, uri, place))
    editor.outcome(explaining)
    return found, typist.keys


def _explain(editor: Crowd, uri: str, number: int) -> int:
    """Ask for an explanation that nobody has asked for before."""
    lines = {"start": {"line": 20 * number, "character": 0}, "end": {"line": 20 * number + 60, "character": 0}}
    argument = {"textDocument": {"uri": uri}, "range": lines}
    return editor.ask("workspace/executeCommand", {"command": "phi-ls.explain", "arguments": [argument]})


def _settle(editor: Crowd, uri: str, places: Sequence[tuple[int, int]]) -> None:
    """Hover until each answer is known."""
    for place in places:
        while not hover(editor, uri, place).is_whole:
            pass


def _enter(report: Report, crowded: Sequence[Hover], again: Sequence[Hover], restarted: Sequence[Hover]) -> None:
    late = [max(each.ms - DEADLINE_MS, 0.0) for each in crowded]
    report.add(
        "hovers that reached the deadline, share", 100 * sum(not h.is_whole for h in crowded) / len(crowded), "%"
    )
    report.add_distribution("behind the deadline", late, "ms", {99: LATE_MS})
    report.add_distribution("second hover, from memory", [each.ms for each in again], "ms", {99: KNOWN_MS})
    report.add_distribution("first hover after a restart, from disk", [h.ms for h in restarted], "ms", {99: KNOWN_MS})
    if not all(each.is_whole for each in (*again, *restarted)):
        raise RuntimeError("an answer that was known was written again")


def _at(uri: str, place: tuple[int, int]) -> Json:
    position: dict[str, Any] = {"line": place[0], "character": place[1]}
    return {"textDocument": {"uri": uri}, "position": position}
