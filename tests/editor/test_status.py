"""The status as clients are told it, as the command returns it, and as `phi-ls status` reads it from its file."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, environment

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width", " * height"]}
SLOW = {"tokens": ["return"], "prefill_ms": 60_000}
CHANGED = "phi-ls/didChangeStatus"
KEYS = {
    *("kind", "message", "model", "engine", "device", "requestedDevice", "deviceReason", "queue", "promptTokens"),
    *("typing", "tokensReused", "suggestions", "suggestionHits", "suggestionsJoined", "prefetched", "prefetchHits"),
    *("p50Ms", "p95Ms", "workers", "takesQuestions", "context"),
}
WORKER_KEYS = {
    *("engine", "device", "model", "pid", "state", "residentBytes"),
    *("requests", "promptTokens", "tokensReused", "newTokens", "tokensPerS", "decodeMsPerToken", "prefillTokensPerS"),
    *("kvTokens", "kvBytes"),
}
KINDS = {"normal", "busy", "warning", "error", "inactive"}


def _kinds(client: EchoEditor) -> list[str]:
    sent = [message["params"] for message in client.notifications if message["method"] == CHANGED]
    assert all(set(status) == KEYS and status["kind"] in KINDS for status in sent)
    return [status["kind"] for status in sent]


def _is(kind: str) -> Any:
    return lambda status: status["kind"] == kind


def _is_timed(status: dict[str, Any]) -> bool:
    return status["p50Ms"] is not None


def test_the_status_has_all_that_clients_rely_on(editor: StartEditor) -> None:
    """Every key of the contract, with values of the right kind, before and after the first suggestion."""
    with editor(ANSWER) as client:
        before = client.settled()
        client.open(URI, HEAD)
        client.inline(URI, 1, 4)
        client.inline(URI, 1, 4)
        after = client.settled()
        assert psutil.pid_exists(after["workers"][0]["pid"])

    assert KEYS == set(before) == set(after)
    assert ("normal", "echo", "echo", "none", "auto") == tuple(
        after[key] for key in ("kind", "model", "engine", "device", "requestedDevice")
    )
    assert (None, None, 0) == (before["p50Ms"], before["p95Ms"], before["suggestionHits"])
    assert 1 == after["suggestionHits"]
    # Half of the two suggestions came from the cache, in less than is counted.
    assert 0 <= after["p50Ms"] <= after["p95Ms"]
    assert 0 < after["p95Ms"]
    assert after["promptTokens"] > 0
    (worker,) = after["workers"]
    assert WORKER_KEYS == set(worker)
    assert "ready" == worker["state"]
    assert worker["residentBytes"] > 1_000_000


def test_the_client_is_told_from_loading_to_ready(editor: StartEditor) -> None:
    """Busy while the model is loaded, normal afterwards; each with a message."""
    with editor(ANSWER, load={"ms": 300}) as client:
        ready = client.wait_notification(CHANGED, _is("normal"))
        kinds = _kinds(client)
        first = client.wait_notification(CHANGED)

    assert ["busy", "normal"] == list(dict.fromkeys(kinds))
    assert "loading echo" in first["message"]
    assert "ready" == ready["message"]


def test_the_first_time_of_a_suggestion_is_told(editor: StartEditor) -> None:
    """The model is ready again before anybody is told that it was busy, and yet a status bar gets something to show."""
    with editor(ANSWER) as client:
        client.open(URI, HEAD)
        client.wait_notification(CHANGED, _is("normal"))
        client.inline(URI, 1, 4)
        told = client.wait_notification(CHANGED, _is_timed)

    assert ("normal", 1) == (told["kind"], told["suggestions"])


def test_nothing_is_said_while_nothing_changes(editor: StartEditor) -> None:
    """Suggestions from the cache are no change of state: two hundred of them send no notification."""
    with editor(ANSWER) as client:
        client.open(URI, HEAD)
        client.inline(URI, 1, 4)
        client.wait_notification(CHANGED, _is_timed)
        client.settled()
        before = len(_kinds(client))
        for _ in range(200):
            client.inline(URI, 1, 4)
        assert before == len(_kinds(client))


def test_a_worker_that_dies_is_reported_and_replaced(editor: StartEditor) -> None:
    """Killed at work: the client hears that something is wrong, then that all is well, and the next answer comes."""
    with editor({"when": "twice", **ANSWER}, SLOW) as client:
        client.open(URI, HEAD)
        client.wait_notification(CHANGED, _is("normal"))
        request = client.send_inline(URI, 1, 4)
        client.until_asked(1)
        (worker,) = client.status()["workers"]
        told = len(_kinds(client))
        psutil.Process(worker["pid"]).kill()
        assert None is client.result(request)
        assert "noProvider" == client.reason()
        (successor,) = client.settled()["workers"]
        client.open("file:///project/other.py", "def twice(size):\n    ")
        assert client.inline("file:///project/other.py", 1, 4) is not None
        client.until(lambda: (client.status(), _kinds(client)[told:])[1], lambda kinds: "normal" in kinds)
        kinds = _kinds(client)[told:]

    assert worker["pid"] != successor["pid"]
    assert kinds[0] in ("warning", "busy")


def test_a_model_that_cannot_be_loaded_is_said_with_its_cause(editor: StartEditor) -> None:
    """The server lives on; once it has given up trying, it says so and why nothing is suggested."""
    with editor(load={"then": "fail"}, may_log_errors=True) as client:
        told = client.wait_notification(CHANGED, _is("error"))

    assert "the script says that loading fails" in told["message"]


def test_switched_off_is_inactive(editor: StartEditor) -> None:
    """With `enable` false no worker is started."""
    with editor(ANSWER, options={"enable": False}) as client:
        status = client.status()

    assert "inactive" == status["kind"]
    assert [] == status["workers"]


@pytest.mark.parametrize("arguments", [[], [None], [{}]], ids=str)
def test_the_command_takes_one_object_or_nothing(editor: StartEditor, arguments: list[Any]) -> None:
    """Clients differ in what they send for no arguments."""
    with editor(ANSWER) as client:
        result = client.request("workspace/executeCommand", {"command": "phi-ls.status", "arguments": arguments})

    assert KEYS == set(result)


# --- the file ---------------------------------------------------------------------------------------------------------


def _file(client: EchoEditor) -> Path:
    """Wait for the status file of the client's server and return its path."""
    path = client.folder / "state_dir" / "servers" / f"{client.process.pid}.json"
    client.until(lambda: (client.status(), path.exists())[1], bool)
    return path


def _command(folder: Path) -> tuple[int, Any]:
    """Run `phi-ls status --json` as the same user, with the same folders."""
    command = [sys.executable, "-m", "phi_ls", "status", "--json"]
    done = subprocess.run(command, env=environment(folder, folder / "none"), capture_output=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


def test_the_file_is_for_the_user_alone(editor: StartEditor, tmp_path: Path) -> None:
    """The folder is 0700 and the file 0600, whatever the umask; with the server the file goes."""
    old = os.umask(0)
    try:
        with editor(ANSWER) as client:
            path = _file(client)
            modes = [stat.S_IMODE(found.stat().st_mode) for found in (path.parent, path)]
    finally:
        os.umask(old)

    assert os.name == "nt" or [0o700, 0o600] == modes
    assert [] == list(path.parent.iterdir())


def test_the_command_line_shows_the_running_server(editor: StartEditor, tmp_path: Path) -> None:
    """`phi-ls status --json` lists each live server with its status, and nothing once it has gone."""
    with editor(ANSWER) as client:
        _file(client)
        code, (server,) = _command(tmp_path)
        pid = client.process.pid
    gone = _command(tmp_path)

    assert 0 == code
    assert pid == server["pid"]
    assert KEYS == set(server["status"])
    assert (1, []) == gone


def test_the_file_of_a_server_that_was_killed_is_swept(editor: StartEditor, tmp_path: Path) -> None:
    """A file whose process is gone is not shown, and removed by whoever looks."""
    with editor(ANSWER) as client:
        path = _file(client)
        client.process.kill()
        client.process.wait()
    assert path.exists()

    assert (1, []) == _command(tmp_path)
    assert not path.exists()


def test_a_state_folder_that_cannot_be_used_costs_the_file_only(editor: StartEditor, tmp_path: Path) -> None:
    """With a file where the folder should be, suggestions go on."""
    (tmp_path / "state_dir").write_text("in the way")
    with editor(ANSWER) as client:
        client.open(URI, HEAD)
        assert client.inline(URI, 1, 4) is not None
        client.wait_stderr("no status file")
