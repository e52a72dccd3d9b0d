"""Corrections to reading, writing and ending."""

from __future__ import annotations

import subprocess
import sys

from editor.correction_list import Start, correction
from editor.raw_client import frame


@correction
def exit_without_shutdown_is_a_failure(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.notify("exit")
        assert 1 == client.wait_exit()


@correction
def the_server_ends_when_the_editor_has_died(start: Start) -> None:
    editor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with editor, start() as client:
        client.initialize(processId=editor.pid)
        editor.kill()
        assert 1 == client.wait_exit()


@correction
def headers_may_be_written_in_any_way_the_base_protocol_allows(start: Start) -> None:
    params = b'{"command":"test.long","arguments":[1]}'
    body = b'{"jsonrpc":"2.0","id":%d,"method":"workspace/executeCommand","params":' + params + b"}"
    with start() as client:
        client.initialize()
        for number, header in enumerate((b"content-length:%d\r\n\r\n", b"CONTENT-LENGTH :\t%d \n\n"), 900):
            client.expect(number)
            client.send_bytes(header % len(body % number) + body % number)
            assert "x" == client.reply(number)["result"]


@correction
def a_wrong_length_ends_the_server(start: Start) -> None:
    body = b'{"jsonrpc":"2.0","method":"$/none","params":{"some":"thing"}}'
    for wrong in (-10, 50):
        with start() as client:
            client.initialize()
            client.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body) + wrong, body) + frame(body) * 2)
            client.null_error()
            assert 1 == client.wait_exit()


@correction
def the_end_of_stdin_is_noticed_while_the_editor_does_not_read(start: Start) -> None:
    with start(read=False) as client:
        initialize = {"processId": None, "rootUri": None, "capabilities": {}}
        client.send_request("initialize", initialize)
        client.command("test.flood", 10_000, 1000)
        client.close_stdin()
        assert 1 == client.wait_exit()


@correction
def a_stray_print_cannot_get_between_two_messages(start: Start) -> None:
    with start() as client:
        client.initialize()
        assert client.reply(client.command("test.print"))["result"] is None
        client.wait_stderr("a stray line of a native library")
        client.exit()
