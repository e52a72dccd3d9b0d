"""The replay of typing against a real server whose model follows a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bench.editor import Json
from bench.sandbox import Sandbox
from bench.typing_replay.client import Client
from bench.typing_replay.player import NEOVIM, VSCODE, Manner, Player
from bench.typing_replay.records import Played
from bench.typing_replay.traces import Passage, Stroke, Trace
from bench.typing_replay.typist import Habits, Typist

from phi_ls.mechanisms import VARIABLE

SERVER = (sys.executable, "-m", "phi_ls")
HEAD = "def area(width, height):\n    "
TYPED = "result = compute(width, height)"
RIGHT: Json = {"tokens": ["result = compute(width, height)"]}
SLOW: Json = {"tokens": ["other"], "prefill_ms": 60_000}
QUIET = Habits(slips=0.0, second_thoughts=0.0)
CLUMSY = Habits(slips=0.2, second_thoughts=0.2)


def trace(habits: Habits, *texts: str) -> Trace:
    """Return a trace that types texts one behind the other."""
    typist, at = Typist("1", habits), len(HEAD)
    passages = []
    for text in texts:
        passages.append(typist.passage(at, text, "    "))
        at += len(text)
    return Trace(name="m.py", language="python", source="", text=f"{HEAD}\n", passages=tuple(passages))


@contextmanager
def server(folder: Path, answers: Sequence[Json], **variables: str) -> Iterator[Client]:
    """Start a server whose model answers from a script."""
    script = folder / "script.json"
    script.write_text(json.dumps({"answers": list(answers)}))
    box = Sandbox(folder)
    with Client(SERVER, env=box.env(PHI_LS_ECHO_SCRIPT=str(script), **variables), cwd=folder) as client:
        client.initialize({"engine": "echo"})
        client.command("phi-ls.status")
        yield client
        client.shut_down()


def play(client: Client, typed: Trace, manner: Manner = VSCODE, *, speed: float = 20.0, accepts: bool = True) -> Played:
    """Play a trace; the player raises an error unless the file becomes what was meant."""
    return Player(client, manner, speed=speed, accepts=accepts).play(typed, "file:///project/m.py")


def test_what_is_suggested_rightly_is_taken(tmp_path: Path) -> None:
    """The keys for it are saved, the file is what it was to be, and the counters are the server's."""
    strokes = [Stroke(gap_ms=10, done=1), *(Stroke(gap_ms=1500, done=done) for done in range(2, len(TYPED) + 1))]
    passage = Passage(at=len(HEAD), text=TYPED, strokes=tuple(strokes))
    typed = Trace(name="m.py", language="python", source="", text=f"{HEAD}\n", passages=(passage,))
    with server(tmp_path, [RIGHT]) as client:
        played = play(client, typed, speed=1.0)
    assert "accept" == played.keys[-1].kind
    assert len(TYPED) > len(played.keys)
    assert played.counts.requests > 0
    assert played.counts.shown > 0


def test_slips_and_corrections_leave_the_meant_text(tmp_path: Path) -> None:
    """With suggestions in between that are right and wrong."""
    with server(tmp_path, [{"when": "compute", "tokens": ["(nothing)"]}, RIGHT]) as client:
        played = play(client, trace(CLUMSY, TYPED, f"\n\n    {TYPED}\nend"))
    assert {"type", "delete"} <= {key.kind for key in played.keys}


def test_an_answer_after_the_next_key_is_none(tmp_path: Path) -> None:
    """It is noted as late, with the refusal of the cancelled request."""
    with server(tmp_path, [SLOW]) as client:
        played = play(client, trace(QUIET, TYPED), speed=10.0)
    assert {None} == {key.ms for key in played.keys}
    assert {False} == {key.late_ms is None for key in played.keys[: len(TYPED) // 2]}


def test_an_editor_that_waits_asks_only_in_pauses(tmp_path: Path) -> None:
    """Neovim's manner: nothing is asked within a burst."""
    with server(tmp_path, [RIGHT]) as client:
        played = play(client, trace(QUIET, TYPED), NEOVIM, speed=2.0, accepts=False)
    asked = [key.asked for key in played.keys]
    assert played.keys[-1].asked
    assert 1 < sum(asked) < len(asked)


@pytest.mark.parametrize(("off", "from_cache"), [("", True), ("suggestions", False)])
def test_without_the_suggestion_cache_each_key_asks_the_model(tmp_path: Path, off: str, from_cache: bool) -> None:
    """Also where a suggestion is typed along."""
    with server(tmp_path, [RIGHT], **{VARIABLE: off}) as client:
        played = play(client, trace(QUIET, TYPED), accepts=False, speed=2.0)
    assert from_cache == (played.counts.hits > 0)


@pytest.mark.parametrize(("off", "refused"), [("", True), ("gate", False)])
def test_without_the_gate_the_model_is_asked_anywhere(tmp_path: Path, off: str, refused: bool) -> None:
    """Also with other text right of the cursor."""
    typed = trace(QUIET, TYPED)
    with server(tmp_path, [RIGHT], **{VARIABLE: off}) as client:
        played = play(client, replace(typed, text=f"{HEAD} or other(text)\n"))
    assert refused == (played.counts.requests == 0)


@pytest.mark.parametrize(("off", "joined"), [("", True), ("in-flight", False)])
def test_without_reuse_in_flight_no_key_joins_another(tmp_path: Path, off: str, joined: bool) -> None:
    """An answer that takes longer than a key is given to the key that waits for it then."""
    slow = {"tokens": [TYPED[1:]], "prefill_ms": 200}
    strokes = [Stroke(gap_ms=1000 if done == 1 else 100, done=done) for done in range(1, 6)]
    passage = Passage(at=len(HEAD), text=TYPED[:5], strokes=tuple(strokes))
    typed = Trace(name="m.py", language="python", source="", text=f"{HEAD}\n", passages=(passage,))
    with server(tmp_path, [slow], **{VARIABLE: off}) as client:
        client.answer(client.suggestion(loaded(client), 0, 5))
        played = play(client, typed, accepts=False, speed=1.0)
    assert joined == (played.counts.joined > 0)


def loaded(client: Client) -> str:
    """Open another document, in which the first request waits until the model has been loaded."""
    uri = "file:///project/other.py"
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "value"}
    client.notify("textDocument/didOpen", {"textDocument": item})
    return uri
