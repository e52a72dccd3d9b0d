"""When the editor goes, in whatever way and whenever, nothing of the session is left."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from editor.echo_editor import SERVER, URI, EchoEditor, StartEditor, span
from editor.raw_wire import Json
from process.processes import alive, left_after

GONE_S = 8.0
"""Two seconds, and what a busy machine adds."""
EDITOR = (sys.executable, str(Path(__file__).with_name("doomed_editor.py")))
TEXT = "area_of(1)\n\n\ndef area(width, height):\n    "
WHAT = {"range": span((0, 0), (1, 0))}
FOREVER = {"tokens": [" a"], "then": "forever", "token_ms": 10}
SLOW = {"tokens": [" a"], "prefill_ms": 60_000}
HANGING = {"tokens": [" a"], "then": "hang_gil"}

GIVEN_UP = -32802

State = tuple[Json, Json, Callable[[EchoEditor], Any]]
"""What the model does, what the script says besides, and how the state is reached: returns the id of a request."""


def _initializing(client: EchoEditor) -> None:
    params: Json = {"processId": client.process.pid, "rootUri": None, "capabilities": {}}
    client.send_request("initialize", params)


def _idle(client: EchoEditor) -> None:
    client.settled()


def _loading(client: EchoEditor) -> None:
    client.until(client.status, lambda status: any(w["state"] == "loading" for w in status["workers"]))


def _asked(send: Callable[[EchoEditor], Any]) -> Callable[[EchoEditor], Any]:
    def reach(client: EchoEditor) -> Any:
        client.settled()
        client.open(URI, TEXT)
        asked = send(client)
        client.until_asked(1)
        return asked

    return reach


def _streaming(client: EchoEditor) -> Any:
    client.settled()
    client.open(URI, TEXT)
    asked = client.send_explain(URI, token="t", **WHAT)
    client.wait_notification("$/progress")
    return asked


STATES: dict[str, State] = {
    "initializing": ({}, {}, _initializing),
    "loading": ({}, {"load": {"ms": 60_000}}, _loading),
    "idle": ({}, {}, _idle),
    "completing": (SLOW, {}, _asked(lambda client: client.send_inline(URI, 4, 4))),
    "explaining": (FOREVER, {}, _streaming),
    "hovering": (SLOW, {}, _asked(lambda client: client.send_hover(URI, 0, 2))),
    "hanging": (HANGING, {}, _streaming),
}


def _in_state(editor: StartEditor, state: str, *command: str) -> tuple[EchoEditor, Any]:
    """Start a server under a command and bring it into a state; return the request that waits there, if one does."""
    answer, script, reach = STATES[state]
    answers = [answer] if answer else []
    client = editor(*answers, command=(*command, *SERVER), initialize=False, may_log_errors=True, **script)
    if state != "initializing":
        client.initialize(processId=client.process.pid, init_options={"engine": "echo"})
    return client, reach(client)


def _refused(client: EchoEditor, asked: Any) -> None:
    """Check that a request was answered before the server ended."""
    assert asked is None or GIVEN_UP == client.reply(asked)["error"]["code"]


def _of_session(folder: Path) -> list[psutil.Process]:
    """Return the live processes whose environment names the test's own folder: editor, server, workers."""
    return [process for process in psutil.process_iter() if _names(process, folder) and alive(process)]


def _names(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.pid != os.getpid() and any(str(folder) in value for value in process.environ().values())
    except (psutil.Error, OSError):
        return False


def _left(folder: Path, before: list[psutil.Process], since: float) -> list[Any]:
    """Return what is left of the session when its time is up, also of what was started since `before` was looked at."""
    while before:
        if left := left_after(before, since + GONE_S - time.monotonic()):
            return [process.as_dict(["pid", "cmdline"]) for process in left]
        before = _of_session(folder)
    return []


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_left_of_a_killed_editor(editor: StartEditor, tmp_path: Path, state: str) -> None:
    """The editor's process is killed, its pipes close: server and workers go by themselves."""
    client, _ = _in_state(editor, state, *EDITOR)
    with client:
        before = _of_session(tmp_path)
        assert len(before) >= (1 if state == "initializing" else 3)
        since = time.monotonic()
        client.process.kill()
        assert [] == _left(tmp_path, before, since)
        assert [] == _status_files(tmp_path)


@pytest.mark.parametrize("state", [state for state in STATES if state != "initializing"])
def test_nothing_is_left_when_the_pipes_outlive_the_editor(editor: StartEditor, tmp_path: Path, state: str) -> None:
    """Another process holds the pipes open; the death of the one that `initialize` named is seen all the same."""
    client, asked = _in_state(editor, state, *EDITOR, "--aside")
    with client:
        before = _of_session(tmp_path)
        since = time.monotonic()
        client.process.kill()
        assert [] == _left(tmp_path, before, since)
        assert [] == _status_files(tmp_path)
        _refused(client, asked)


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_left_when_stdin_is_closed(editor: StartEditor, tmp_path: Path, state: str) -> None:
    """The editor lives on and only lets go of the server."""
    client, asked = _in_state(editor, state)
    with client:
        before = _of_session(tmp_path)
        since = time.monotonic()
        client.close_stdin()
        assert [] == _left(tmp_path, before, since)
        assert [] == _status_files(tmp_path)
        _refused(client, asked)


def test_the_status_file_goes_with_the_server(editor: StartEditor, tmp_path: Path) -> None:
    """It is there while the server runs, and not after an exit in order."""
    with editor() as client:
        client.until(lambda: (client.status(), _status_files(tmp_path))[1], bool)
        client.exit()
        assert [] == _status_files(tmp_path)


def test_the_status_file_goes_when_the_editor_is_killed(editor: StartEditor, tmp_path: Path) -> None:
    """A server that only loses its editor tidies up like one that was told to end."""
    client, _ = _in_state(editor, "idle", *EDITOR)
    with client:
        before = _of_session(tmp_path)
        client.until(lambda: (client.status(), _status_files(tmp_path))[1], bool)
        since = time.monotonic()
        client.process.kill()
        assert [] == _left(tmp_path, before, since)
        assert [] == _status_files(tmp_path)


def _status_files(folder: Path) -> list[str]:
    return [path.name for path in (folder / "state_dir").rglob("*") if path.is_file()]
