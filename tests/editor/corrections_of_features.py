"""Corrections to documents, errors, commands and logs."""

from __future__ import annotations

import time
from pathlib import Path

from editor.correction_list import URI, Start, contents, correction, edit, hover, popups
from editor.raw_client import LATER, RawClient, frame

SECRET = "very_secret_source"


@correction
def only_lsp_line_endings_end_a_line(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.open(URI, "a\fb\u2028c\x85d\x1ce\nf")
        assert contents(client).startswith("version 1, 2 lines")


@correction
def a_position_past_the_end_of_a_line_is_its_end(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.open(URI, "abc")
        assert [0, 3] == client.request("test/column", {"uri": URI, "line": 0, "character": 99})


@correction
def changes_of_an_older_version_are_ignored(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.open(URI, "abc")
        client.change(URI, 9, edit(0, 0, "new"))
        client.change(URI, 3, edit(0, 0, "old and longer"))
        assert "version 9, 1 lines, 6 characters" == contents(client)


@correction
def a_change_of_a_document_never_opened_is_ignored(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.change(URI, 2, edit(0, 0, "x"))
        assert [] == popups(client)


@correction
def a_document_never_opened_is_not_read_from_disk(start: Start) -> None:
    with start() as client:
        client.initialize()
        assert client.request("textDocument/hover", hover(Path(__file__).as_uri())) is None


@correction
def ten_megabytes_in_one_line_do_not_block(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.open(URI, "x" * 10_000_000)
        for version in range(2, 7):
            client.change(URI, version, edit(0, 9_000_000, "y"))
        begin = time.perf_counter()
        assert 1 == client.reply(client.command("test.echo", 1))["result"]
        assert time.perf_counter() - begin < 5


@correction
def ten_thousand_late_cancellations_leave_no_trace(start: Start) -> None:
    with start() as client:
        client.initialize()
        cancel = frame({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 77777}})
        client.send_bytes(cancel * 10_000)
        assert 1 == client.reply(client.command("test.echo", 1))["result"]
        assert len(client.stderr.splitlines()) < 100


@correction
def the_log_holds_no_source_text(start: Start) -> None:
    with start() as client:
        client.initialize(init_options={SECRET: SECRET})
        client.open(URI, SECRET)
        client.reply(client.command("test.echo", SECRET))
        assert SECRET not in client.stderr
        client.error("textDocument/hover", {SECRET: SECRET})
        client.error("workspace/executeCommand", {"command": "test.progress", "arguments": [SECRET, SECRET]})
        assert SECRET not in client.stderr


@correction
def an_internal_error_tells_the_editor_no_details(start: Start) -> None:
    expected = {"code": -32603, "message": "internal error in textDocument/documentSymbol; see the log"}
    with start() as client:
        client.initialize()
        assert expected == client.error("textDocument/documentSymbol", {"textDocument": {"uri": URI}})
        client.wait_stderr("ValueError at correction_features.py")
        assert "secret_source_text" not in client.stderr


@correction
def a_result_that_is_no_json_is_an_internal_error(start: Start) -> None:
    with start() as client:
        client.initialize()
        for command in ("test.unserialisable", "test.infinite"):
            assert -32603 == client.reply(client.command(command))["error"]["code"]


@correction
def a_notification_that_fails_shows_no_popup(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.notify("textDocument/didOpen", {"textDocument": {"uri": 1}})
        assert [] == popups(client)


@correction
def a_cancelled_command_ends(start: Start) -> None:
    with start() as client:
        client.initialize()
        request = client.command("test.progress", "first")
        client.wait_notification("$/progress", lambda params: params["token"] == "first")
        client.cancel(request)
        assert -32800 == client.reply(request)["error"]["code"]
        reported = _progress(client, "first")
        client.command("test.progress", "second")
        client.wait_notification("$/progress", lambda params: params == {"token": "second", "value": 5})
        assert reported == _progress(client, "first")


def _progress(client: RawClient, token: str) -> int:
    return sum(message.get("params", {}).get("token") == token for message in client.notifications)


@correction
def an_answer_that_nobody_awaits_any_more_is_dropped(start: Start) -> None:
    with start(responders={"workspace/configuration": lambda _params: LATER}) as client:
        client.initialize()
        request = client.send_request("test/ask", {})
        asked = client.wait_request("workspace/configuration")
        client.cancel(request)
        assert -32800 == client.reply(request)["error"]["code"]
        client.respond(asked["id"], [1])
        assert [] == popups(client)
        assert "InvalidStateError" not in client.stderr


@correction
def a_command_without_its_arguments_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        assert -32602 == client.error("workspace/executeCommand", {"command": "test.echo"})["code"]
