"""`phi-ls status`: what other processes of this user see of a running server."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from editor.raw_client import RawClient
from process.command_line import COMMAND, CommandLine, end_of, read_until

KEYS = {
    "kind", "message", "model", "engine", "device", "requestedDevice", "deviceReason", "queue", "promptTokens",
    "tokensReused", "suggestions", "suggestionHits", "p50Ms", "p95Ms", "workers",
}  # fmt: skip
WORKER_KEYS = {
    "engine", "device", "model", "pid", "state", "residentBytes", "requests", "promptTokens", "tokensReused",
    "newTokens", "tokensPerS", "decodeMsPerToken", "prefillTokensPerS", "kvTokens", "kvBytes",
}  # fmt: skip


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line with a state folder of its own."""
    return CommandLine(tmp_path)


@pytest.fixture
def server(cli: CommandLine) -> Iterator[RawClient]:
    """A server that has written its status file."""
    with RawClient([*COMMAND], env=cli.env, cwd=str(cli.folder)) as client:
        client.initialize(init_options={"engine": "echo", "idleUnloadMinutes": 0})
        client.wait_notification("phi-ls/didChangeStatus", lambda status: status["kind"] == "normal")
        watching = cli.start("status", "--watch", "--json")
        read_until(watching, '"kind": "normal"')
        watching.terminate()
        end_of(watching)
        yield client
        client.exit()


def test_no_server_runs(cli: CommandLine) -> None:
    """A sentence and exit code 1; as JSON, an empty list."""
    done = cli.run("status")
    assert (1, "no server is running; an editor starts one when it opens a file\n") == (done.returncode, done.stdout)
    assert [] == json.loads(cli.run("status", "--json").stdout)


def test_a_server_as_json(cli: CommandLine, server: RawClient) -> None:
    """Process id and the whole status object."""
    done = cli.run("status", "--json")
    (found,) = json.loads(done.stdout)
    assert 0 == done.returncode
    assert server.process.pid == found["pid"]
    assert set(found["status"]) >= KEYS
    (worker,) = found["status"]["workers"]
    assert set(worker) >= WORKER_KEYS
    assert "echo" == worker["engine"]


def test_a_server_for_people(cli: CommandLine, server: RawClient) -> None:
    """State, model and device of the server, in 80 columns."""
    shown = cli.run("status").stdout
    assert f"Server {server.process.pid}" in shown
    assert "normal: ready" in shown
    assert "echo on none" in shown
    assert "none shown yet" in shown
    assert "0 requests" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_server_live(cli: CommandLine, server: RawClient) -> None:
    """On a terminal: server, worker and this machine's processors, again and again until Ctrl-C."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "status", "--watch"],
        cwd=cli.folder,
        env={**cli.env, "TERM": "xterm-256color", "COLUMNS": "80"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    while shown.count(b"Ctrl-C ends") < 2:
        shown += os.read(master, 65536)
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(OSError):  # Linux ends a pseudo-terminal with an error
        while piece := os.read(master, 65536):
            shown += piece
    os.close(master)
    assert 0 == process.wait(60)
    for text in (f"Server {server.process.pid}", "normal: ready", "echo on none", "This machine", "CPU", "% busy"):
        assert text in shown.decode()
    assert "Traceback" not in shown.decode()


def test_a_server_has_gone(cli: CommandLine) -> None:
    """The file of a server that was killed does not count."""
    servers = cli.folder / "state" / "servers"
    servers.mkdir(parents=True)
    (servers / "1.json").write_text(json.dumps({"pid": 1, "started": 0.5, "status": {}}), "utf-8")
    (servers / "2.json").write_text("no JSON", "utf-8")
    assert "[]\n" == cli.run("status", "--json").stdout
