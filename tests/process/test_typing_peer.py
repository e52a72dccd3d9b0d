"""The replay's peer, with a server in llama.cpp's place that answers what it is told."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.peer.building import NoPeer
from bench.peer.prompts import Prompts
from bench.peer.server import LlamaServer
from bench.typing_replay.document import OpenFile
from bench.typing_replay.peer_client import PeerClient
from bench.typing_replay.player import VSCODE, Player
from bench.typing_replay.traces import Passage, Stroke, Trace

from phi_providers.models.installed import builtin

STAND_IN = Path(__file__).with_name("llama_stand_in.py")
URI = "file:///project/m.py"
HEAD = "def area(width, height):\n    "
WITHIN_S = 20.0


@contextmanager
def peer(folder: Path, tokens: Sequence[str], *, hold: bool = False) -> Iterator[PeerClient]:
    """Start a peer whose server writes these tokens."""
    script = folder / "script"
    script.write_text("\n".join([json.dumps(tokens), *(["true"] if hold else [])]), "utf-8")
    server = LlamaServer([sys.executable, STAND_IN, script], Path("weights.gguf"), context=2048, threads=1)
    with PeerClient(server, Prompts(builtin())) as client:
        yield client


def ask(client: PeerClient, file: OpenFile, offset: int) -> int:
    place = file.position(offset)
    return client.suggestion(file.uri, place["line"], place["character"])


def answer(client: PeerClient) -> tuple[int, str]:
    found = client.arrival(time.perf_counter() + WITHIN_S)
    assert found is not None
    return found.id, found.text


def test_a_line_ends_at_its_line_feed(tmp_path: Path) -> None:
    """What the server would write below it is not waited for; its counts are taken."""
    with peer(tmp_path, ["return", " width", "\nother", "more"]) as client:
        file = OpenFile(client, URI, "python", f"{HEAD}value = 1\n    \n")
        number = ask(client, file, len(file.text) - 1)
        assert (number, "return width") == answer(client)
        counts = client.count()
    assert (1, 1, 4, 3) == (counts.requests, counts.shown, counts.tokens_reused, counts.new_tokens)


def test_an_answer_is_typed_along(tmp_path: Path) -> None:
    """Without another request; one that is typed against is asked anew."""
    with peer(tmp_path, ["return width"]) as client:
        file = OpenFile(client, URI, "python", f"{HEAD}\n")
        ask(client, file, len(HEAD))
        answer(client)
        for place, typed in enumerate("ret"):
            file.replace(len(HEAD) + place, len(HEAD) + place, typed)
            assert (ask(client, file, len(HEAD) + place + 1), "return width"[place + 1 :]) == answer(client)
        assert (1, 3) == (client.count().requests, client.count().hits)
        file.replace(len(HEAD) + 3, len(HEAD) + 3, "x")
        ask(client, file, len(HEAD) + 4)
        answer(client)
        assert 2 == client.count().requests


def test_a_newer_request_gives_up_the_older_one(tmp_path: Path) -> None:
    """The server sees that nobody reads on and answers the newer one; the older one has its reason."""
    with peer(tmp_path, ["return", " width"], hold=True) as client:
        file = OpenFile(client, URI, "python", f"{HEAD}\n")
        first = ask(client, file, len(HEAD))
        begun, until = tmp_path / "script.begun", time.perf_counter() + WITHIN_S
        while not begun.exists() and time.perf_counter() < until:
            assert client.arrival(time.perf_counter() + 0.01) is None
        second = ask(client, file, len(HEAD) - 4)
        assert (first, "") == answer(client)
        assert (second, "return width") == answer(client)
        assert {first: "superseded"} == client.reasons(URI)


def test_what_is_cancelled_is_not_answered(tmp_path: Path) -> None:
    """It is refused at once, though the server has not written its line."""
    with peer(tmp_path, ["return", " width"], hold=True) as client:
        number = ask(client, OpenFile(client, URI, "python", f"{HEAD}\n"), len(HEAD))
        client.cancel(number)
        assert (number, "") == answer(client)
        client.wait_until_idle()
        assert {number: "superseded"} == client.reasons(URI)


def test_nothing_is_asked_with_text_to_the_right(tmp_path: Path) -> None:
    """More than eight characters, as the plug-in has it."""
    with peer(tmp_path, ["return width"]) as client:
        file = OpenFile(client, URI, "python", f"{HEAD}return other\n")
        number = ask(client, file, len(HEAD))
        assert (number, "") == answer(client)
        assert {number: "textToTheRight"} == client.reasons(URI)
        assert 0 == client.count().requests


def test_a_trace_is_played_against_the_peer(tmp_path: Path) -> None:
    """By the same player: the right suggestion is accepted and the file becomes what was meant."""
    typed = "return width * height"
    strokes = [Stroke(gap_ms=1500, done=done) for done in range(1, len(typed) + 1)]
    passage = Passage(at=len(HEAD), text=typed, strokes=tuple(strokes))
    trace = Trace(name="m.py", language="python", source="", text=f"{HEAD}\n", passages=(passage,))
    with peer(tmp_path, ["eturn", " width * height"]) as client:
        played = Player(client, VSCODE, speed=1.0).play(trace, URI)
    assert "accept" == played.keys[-1].kind
    assert len(typed) > len(played.keys)


def test_a_server_that_does_not_come_up_is_said(tmp_path: Path) -> None:
    """With its exit status, and not after the whole time in which it might have."""
    with pytest.raises(NoPeer, match="exit status 3"):
        LlamaServer([sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "no.gguf", context=2048, threads=1)
