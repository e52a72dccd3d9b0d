"""Tests of the connection under faults: broken streams, an editor that does not read, a process that will not end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from editor.raw_client import RawClient, frame

SERVER = (sys.executable, str(Path(__file__).parent / "correction_server.py"))
GONE_S = 8.0
"""One second, and what a busy machine adds."""


def _initialized(*arguments: str) -> RawClient:
    client = RawClient([*SERVER, *arguments])
    client.initialize()
    return client


def _seconds_to_exit(client: RawClient, code: int) -> float:
    begin = time.perf_counter()
    assert code == client.wait_exit()
    return time.perf_counter() - begin


@pytest.mark.parametrize(
    "header",
    [b"Content-Length: 99999999999999", b"Content-Length: 8000000000", b"Content-Length: -1", b"Length: 1", b"{}"],
)
def test_a_bad_header_ends_the_process_with_one_line(header: bytes) -> None:
    """The editor can start another server at once, and the log says why."""
    with _initialized() as client:
        client.send_bytes(header + b"\r\n\r\n{")
        assert 1 == client.wait_exit()
        client.join()
        assert 1 == client.stderr.count("the editor's stream cannot be read any further")
        assert "Traceback" not in client.stderr


def test_a_bad_header_ends_a_server_that_was_shut_down_as_a_failure() -> None:
    """The exit code 0 is for those who said goodbye."""
    with _initialized() as client:
        client.request("shutdown")
        client.send_bytes(b"{")
        assert 1 == client.wait_exit()


def test_an_announced_message_takes_no_memory_until_it_comes() -> None:
    """The largest allowed length costs less than 5 MB while only a few bytes have come."""
    with _initialized() as client:
        process = psutil.Process(client.process.pid)
        before = process.memory_info().rss
        client.reply(client.command("test.echo", 1))
        client.send_bytes(b"Content-Length: 67108864\r\n\r\n" + b" " * 60_000)
        _wait_until_read(client)
        assert process.memory_info().rss - before < 5_000_000


def _wait_until_read(client: RawClient) -> None:
    """Return once the server blocks in its next read: more than the pipe's 64 KiB have been accepted."""
    client.send_bytes(b" " * 100_000)


def test_half_a_message_and_then_the_end() -> None:
    """A stream that ends within a message ends the server."""
    with _initialized() as client:
        client.send_bytes(b"Content-Length: 100\r\n\r\n{")
        client.close_stdin()
        assert _seconds_to_exit(client, 1) < GONE_S


def test_a_message_in_single_bytes() -> None:
    """How the stream is cut does not matter."""
    with _initialized() as client:
        client.expect(99)
        body = b'{"jsonrpc":"2.0","id":99,"method":"test/none"}'
        for byte in frame(body):
            client.send_bytes(bytes([byte]))
        assert -32601 == client.reply(99)["error"]["code"]


def test_messages_in_one_piece_are_answered_in_order() -> None:
    """Many messages in one write are as good as many writes."""
    with _initialized() as client:
        bodies = []
        for number in range(1000, 1500):
            client.expect(number)
            params = {"command": "test.echo", "arguments": [number]}
            bodies.append(
                frame({"jsonrpc": "2.0", "id": number, "method": "workspace/executeCommand", "params": params})
            )
        client.send_bytes(b"".join(bodies))
        assert list(range(1000, 1500)) == [client.reply(number)["result"] for number in range(1000, 1500)]


def test_the_end_of_stdin_closes_the_server() -> None:
    """Without a shutdown that is a failure, and the server is asked to close."""
    with _initialized() as client:
        client.close_stdin()
        assert _seconds_to_exit(client, 1) < GONE_S
        client.join()
        assert "closing" in client.stderr


def test_shutdown_and_the_end_of_stdin_is_a_success() -> None:
    """An editor that shut the server down may leave out `exit`."""
    with _initialized() as client:
        client.request("shutdown")
        client.close_stdin()
        assert _seconds_to_exit(client, 0) < GONE_S


@pytest.mark.parametrize("command", ["test.block", "test.spin", "test.thread", "test.stubborn"])
def test_nothing_keeps_the_process_alive(command: str) -> None:
    """A blocked or busy event loop, a thread left behind, a task that ignores its cancellation: all end with stdin."""
    with _initialized() as client:
        hanging = client.command(command)
        client.wait_stderr("hanging")
        client.close_stdin()
        assert _seconds_to_exit(client, 1) < GONE_S
        client.join()
        if command == "test.stubborn":
            assert -32802 == client.reply(hanging)["error"]["code"]


@pytest.mark.parametrize("argument", ["--never-closes", "--fails-to-close"])
def test_a_server_that_does_not_close_ends_all_the_same(argument: str) -> None:
    """Closing has its time, and its failure is logged without a traceback."""
    with _initialized(argument) as client:
        client.request("shutdown")
        client.notify("exit")
        assert _seconds_to_exit(client, 0) < GONE_S
        client.join()
        assert "close" in client.stderr
        assert "Traceback" not in client.stderr


if sys.platform != "win32":  # where a process can be asked to end

    @pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
    def test_a_signal_closes_the_server(name: str) -> None:
        """The server is asked to close, as at the end of stdin."""
        with _initialized() as client:
            client.process.send_signal(getattr(signal, name))
            assert _seconds_to_exit(client, 1) < GONE_S
            client.join()
            assert "closing" in client.stderr

    def test_a_signal_ends_a_busy_server() -> None:
        """Even an event loop that never comes to rest cannot keep SIGTERM from ending the process."""
        with _initialized() as client:
            client.command("test.spin")
            client.wait_stderr("hanging")
            client.process.send_signal(signal.SIGTERM)
            assert _seconds_to_exit(client, 1) < GONE_S


def test_an_editor_that_does_not_read_loses_notifications_and_no_reply() -> None:
    """Notifications are dropped once 4 MB wait; every request has its answer when the editor reads again."""
    with RawClient(SERVER, read=False) as client:
        first = client.send_request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        replies = [client.command("test.long", 100_000) for _ in range(10)]
        flood = client.command("test.flood", 10_000, 1000)
        last = client.command("test.echo", "last")
        client.wait_stderr("notifications are being dropped")
        client.start_reading()
        assert "last" == client.reply(last)["result"]
        assert [100_000] * 10 == [len(client.reply(reply)["result"]) for reply in replies]
        assert "flooded" == client.reply(flood)["result"]
        assert "capabilities" in client.reply(first)["result"]
        assert len(client.notifications) < 10_000
        client.exit()


def test_an_editor_that_will_not_read_again_can_still_end_the_server() -> None:
    """With the writer stuck in a full pipe, the end of stdin ends the process."""
    with RawClient(SERVER, read=False) as client:
        client.send_request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        client.command("test.long", 1_000_000)
        client.close_stdin()
        assert _seconds_to_exit(client, 1) < GONE_S


def test_a_closed_stdout_ends_the_server_quietly() -> None:
    """Nobody listens any more: the server closes, without a storm of tracebacks."""
    with RawClient(SERVER, read=False) as client:
        assert client.process.stdout is not None
        client.process.stdout.close()
        client.send_request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        assert _seconds_to_exit(client, 1) < GONE_S + 2
        client.join()
        assert "closing" in client.stderr
        assert "Traceback" not in client.stderr


def test_a_child_cannot_read_the_editors_messages() -> None:
    """A process started without a stdin of its own finds the null device there."""
    with _initialized() as client:
        child = client.command("test.child")
        assert "''" == client.reply(child)["result"]
        client.exit()


def test_the_parent_process_may_be_unknown() -> None:
    """processId null means that there is nobody to watch."""
    with RawClient(SERVER) as client:
        client.initialize(processId=None)
        assert 1 == client.reply(client.command("test.echo", 1))["result"]
        client.exit()


def test_a_parent_that_lives_is_let_live() -> None:
    """A live processId ends nothing."""
    with RawClient(SERVER) as client:
        client.initialize(processId=os.getpid())
        assert 1 == client.reply(client.command("test.echo", 1))["result"]
        client.exit()


def test_a_parent_that_is_dead_already_ends_the_server() -> None:
    """The editor may die before the server is initialized, while another process holds stdin open."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    with RawClient(SERVER) as client:
        client.initialize(processId=dead.pid)
        assert 1 == client.wait_exit()


def test_a_round_trip_takes_a_few_milliseconds_at_most() -> None:
    """The transport adds nothing that a person or a benchmark would notice."""
    with _initialized() as client:
        times = []
        for _ in range(200):
            begin = time.perf_counter()
            client.reply(client.command("test.echo", 1))
            times.append(time.perf_counter() - begin)
        assert sorted(times)[100] < 0.005
