"""A worker dies or hangs: whoever waits is answered in time and told why, and the next request is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psutil
import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, echo_script, item_of, span
from editor.raw_wire import Json

DEADLY, HARMLESS = "deadly", "harmless"
"""A word in the prompt decides what the model does."""

TEXT = "{0}_call(1)\n\n\ndef area(width, height):\n    "
OTHER = "file:///project/other.py"
ANSWER = {"tokens": ["return", " width"]}

DIES_WITHIN_S = 1.0
HANGS_WITHIN_S = 3.0
"""Two seconds of silence, half a second of looking, half a second for a busy machine."""

REQUEST_FAILED = -32803

ASKING: dict[str, Callable[[EchoEditor, str], Any]] = {
    "inline": lambda client, uri: client.send_inline(uri, 4, 4),
    "hover": lambda client, uri: client.send_hover(uri, 0, 2),
    "explain": lambda client, uri: client.send_explain(uri, range=span((0, 0), (1, 0))),
}

CAUSES = {
    "kill": "signal 9",
    "abort": "signal 6",
    "segfault": "signal 11",
    "exit": "exit code 7",
}


def _settled_with_documents(client: EchoEditor) -> None:
    # In another language: related documents are in each other's prompts.
    client.open(URI, TEXT.format(DEADLY), language="lua")
    client.open(OTHER, TEXT.format(HARMLESS))
    client.settled()


def _worker(client: EchoEditor) -> psutil.Process:
    """Return the one worker as the server's status names it."""
    (worker,) = client.status()["workers"]
    return psutil.Process(worker["pid"])


def _answered_without_worker(client: EchoEditor, asked: Any, *, kind: str, cause: str, within_s: float) -> None:
    """Check how a request ends whose worker is gone: null, or for an explanation the cause."""
    reply = client.reply(asked, within_s)
    if kind == "explain":
        assert REQUEST_FAILED == reply["error"]["code"]
        assert cause in reply["error"]["message"]
    else:
        assert reply["result"] in (None, {"items": []})


def _next_is_answered(client: EchoEditor) -> None:
    """Check that the server has found itself another worker."""
    shown = item_of(client.result(ASKING["inline"](client, OTHER)))
    assert shown is not None
    assert "return width" == shown["insertText"]
    assert "return width" == client.result(ASKING["explain"](client, OTHER))["text"]


def _status_told(client: EchoEditor, cause: str) -> None:
    client.wait_notification("phi-ls/didChangeStatus", lambda status: cause in status["message"], 3.0)


@pytest.mark.parametrize("kind", ASKING)
@pytest.mark.parametrize("slow", [{"prefill_ms": 60_000}, {"token_ms": 300}], ids=["first token", "stream"])
def test_a_worker_killed_at_work(editor: StartEditor, kind: str, slow: Json) -> None:
    """Before the first token or in the midst of them: the request ends at once, the next is answered."""
    deadly = {"when": DEADLY, "tokens": [" a", " b"] * 40, **slow}
    with editor(deadly, ANSWER, may_log_errors=True) as client:
        _settled_with_documents(client)
        asked = ASKING[kind](client, URI)
        client.until_asked(1)
        _worker(client).kill()
        _answered_without_worker(client, asked, kind=kind, cause=CAUSES["kill"], within_s=DIES_WITHIN_S)
        _status_told(client, CAUSES["kill"])
        _next_is_answered(client)


@pytest.mark.parametrize("kind", ASKING)
@pytest.mark.parametrize("deed", ["abort", "segfault", "exit"])
def test_an_engine_that_takes_its_process_with_it(editor: StartEditor, kind: str, deed: str) -> None:
    """Native code that aborts, crashes or exits costs the one request, whose answer comes at once."""
    deadly = {"when": DEADLY, "tokens": [" a", " b"], "then": deed, "at": 1}
    with editor(deadly, ANSWER, may_log_errors=True) as client:
        _settled_with_documents(client)
        asked = ASKING[kind](client, URI)
        _answered_without_worker(client, asked, kind=kind, cause=CAUSES[deed], within_s=DIES_WITHIN_S)
        _status_told(client, CAUSES[deed])
        _next_is_answered(client)


@pytest.mark.parametrize("kind", ASKING)
def test_a_worker_killed_while_it_loads(editor: StartEditor, kind: str) -> None:
    """Who waits for the model is not left waiting for another start of it."""
    with editor(ANSWER, load={"ms": 60_000}, may_log_errors=True) as client:
        client.open(URI, TEXT.format(HARMLESS))
        client.open(OTHER, TEXT.format(HARMLESS))
        asked = ASKING[kind](client, URI)
        # The engine makes its record once it has read its script, which is then free to be written anew.
        client.until(lambda: (client.status(), (client.folder / "record.jsonl").exists())[1], bool)
        echo_script(client.folder, [ANSWER])
        _worker(client).kill()
        _answered_without_worker(client, asked, kind=kind, cause=CAUSES["kill"], within_s=DIES_WITHIN_S)
        _status_told(client, CAUSES["kill"])
        _next_is_answered(client)


def test_a_worker_killed_while_idle(editor: StartEditor) -> None:
    """Nobody waits; the status says what happened, and the next request is answered by a new worker."""
    with editor(ANSWER, may_log_errors=True) as client:
        _settled_with_documents(client)
        first = _worker(client)
        first.kill()
        _status_told(client, CAUSES["kill"])
        _next_is_answered(client)
        assert first.pid != _worker(client).pid


def test_workers_killed_again_and_again(editor: StartEditor) -> None:
    """Five deaths of workers that had answered are five restarts: no circuit opens, the status ends normal."""
    with editor(ANSWER, may_log_errors=True) as client:
        _settled_with_documents(client)
        for number in range(5):
            client.type(OTHER, 0, 0, f"v{number} = ")
            assert not client.result(ASKING["explain"](client, OTHER))["cached"]
            before = [worker["pid"] for worker in client.status()["workers"]]
            _worker(client).kill()
            client.until(lambda: [worker["pid"] for worker in client.status()["workers"]], before.__ne__)
        assert "normal" == client.until(client.status, lambda status: status["kind"] == "normal")["kind"]


@pytest.mark.parametrize("kind", ["inline", "explain"])
def test_a_stopped_worker_is_given_up(editor: StartEditor, kind: str) -> None:
    """A worker that the system has stopped in the midst of a request is replaced, and who waits is told."""
    deadly = {"when": DEADLY, "tokens": [" a"], "prefill_ms": 60_000}
    with editor(deadly, ANSWER, may_log_errors=True) as client:
        _settled_with_documents(client)
        asked = ASKING[kind](client, URI)
        client.until_asked(1)
        _worker(client).suspend()
        _answered_without_worker(client, asked, kind=kind, cause="no sign of life", within_s=HANGS_WITHIN_S)
        _next_is_answered(client)


@pytest.mark.parametrize("kind", ["inline", "explain"])
def test_a_worker_that_hangs_in_native_code_is_given_up(editor: StartEditor, kind: str) -> None:
    """It holds the interpreter's lock, so nothing in it can be asked to end; it is replaced all the same."""
    deadly = {"when": DEADLY, "tokens": [" a", " b"], "then": "hang_gil", "at": 1}
    with editor(deadly, ANSWER, may_log_errors=True) as client:
        _settled_with_documents(client)
        asked = ASKING[kind](client, URI)
        _answered_without_worker(client, asked, kind=kind, cause="no sign of life", within_s=HANGS_WITHIN_S)
        _next_is_answered(client)


def test_the_server_answers_while_its_worker_hangs(editor: StartEditor) -> None:
    """Whatever a worker does, the server itself answers at once."""
    deadly = {"when": DEADLY, "tokens": [" a", " b"], "then": "hang_gil", "at": 1}
    with editor(deadly, ANSWER, may_log_errors=True) as client:
        _settled_with_documents(client)
        asked = ASKING["explain"](client, URI)
        client.until_asked(1)
        for _ in range(20):
            client.reply(client.command("phi-ls.status", {}), timeout=0.5)
        assert REQUEST_FAILED == client.reply(asked)["error"]["code"]
