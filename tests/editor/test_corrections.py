"""What pygls 2.1.1 gets wrong and we put right: each correction holds on our server and fails on stock pygls."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from editor.raw_client import LATER, TIMEOUT_S, RawClient, frame

HERE = Path(__file__).parent
OURS = (sys.executable, str(HERE / "correction_server.py"))
STOCK = (sys.executable, str(HERE / "stock_server.py"))
URI = "file:///a.py"
SECRET = "very_secret_source"

Start = Callable[..., RawClient]
CORRECTIONS: list[Callable[[Start], None]] = []


def correction(function: Callable[[Start], None]) -> Callable[[Start], None]:
    CORRECTIONS.append(function)
    return function


@pytest.mark.parametrize("holds", CORRECTIONS, ids=lambda function: function.__name__)
def test_our_server_has_the_correction(holds: Callable[[Start], None]) -> None:
    """Each correction holds on our protocol class and transport."""
    holds(partial(RawClient, OURS))


@pytest.mark.parametrize("holds", CORRECTIONS, ids=lambda function: function.__name__)
def test_stock_pygls_needs_the_correction(holds: Callable[[Start], None]) -> None:
    """The same check fails on stock pygls, so it can fail, and tells when a correction is no longer needed."""
    with pytest.raises(AssertionError):
        holds(partial(RawClient, STOCK, patience=0.7))


def _hover(uri: str = URI) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}


def _edit(line: int, character: int, text: str) -> dict[str, Any]:
    position = {"line": line, "character": character}
    return {"range": {"start": position, "end": position}, "text": text}


def _popups(client: RawClient) -> list[Any]:
    """Return the pop-ups that came before the answer to a request sent now."""
    client.reply(client.command("test.echo", 1))
    return [message for message in client.notifications if message["method"] == "window/showMessage"]


def _contents(client: RawClient) -> Any:
    return client.request("textDocument/hover", _hover())["contents"]


@correction
def badly_typed_parameters_are_refused_by_id_within_50_ms(start: Start) -> None:
    with start() as client:
        client.initialize()
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            assert -32602 == client.error("textDocument/hover", {"textDocument": {"uri": URI}})["code"]
            times.append(time.perf_counter() - begin)
        assert min(times) < 0.05


@correction
def a_nested_key_jsonrpc_is_data(start: Start) -> None:
    data = {"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": {"jsonrpc": None}}
    with start() as client:
        client.initialize()
        assert data == client.reply(client.command("test.echo", data))["result"]


@correction
def only_lsp_line_endings_end_a_line(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.open(URI, "a\fb\u2028c\x85d\x1ce\nf")
        assert _contents(client).startswith("version 1, 2 lines")


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
        client.change(URI, 9, _edit(0, 0, "new"))
        client.change(URI, 3, _edit(0, 0, "old and longer"))
        assert "version 9, 1 lines, 6 characters" == _contents(client)


@correction
def a_change_of_a_document_never_opened_is_ignored(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.change(URI, 2, _edit(0, 0, "x"))
        assert [] == _popups(client)


@correction
def a_document_never_opened_is_not_read_from_disk(start: Start) -> None:
    with start() as client:
        client.initialize()
        assert client.request("textDocument/hover", _hover(Path(__file__).as_uri())) is None


@correction
def ten_megabytes_in_one_line_do_not_block(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.open(URI, "x" * 10_000_000)
        for version in range(2, 7):
            client.change(URI, version, _edit(0, 9_000_000, "y"))
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
def a_second_request_with_an_id_in_flight_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.expect("twice", extra_errors=1)
        params = {"command": "test.progress", "arguments": ["token"]}
        for _ in range(2):
            client.send_request("workspace/executeCommand", params, message_id="twice")
        assert -32600 == client.refusal("twice")["code"]
        assert "done" == client.reply("twice")["result"]


@correction
def a_lone_surrogate_becomes_a_replacement_character(start: Start) -> None:
    with start() as client:
        client.initialize()
        value = {"a\ud83d": ["\ude00b", "😀"]}
        assert {"a\ufffd": ["\ufffdb", "😀"]} == client.reply(client.command("test.echo", value))["result"]


@correction
def deep_nesting_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.send_bytes(
            frame(b'{"jsonrpc":"2.0","id":1,"method":"x","params":' + b"[" * 200_000 + b"]" * 200_000 + b"}")
        )
        assert -32700 == client.null_error()["code"]


@correction
def a_body_that_is_no_json_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        for body in (b"{", b"\xff\xfe", b'{"jsonrpc": NaN}', b'"\xed\xa0\x80"'):
            client.send_bytes(frame(body))
            assert -32700 == client.null_error()["code"]


@correction
def a_body_that_is_no_message_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        for body in (b"[]", b"1", b"{}", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","method":"x","id":null}'):
            client.send_bytes(frame(body))
            assert -32600 == client.null_error()["code"]


@correction
def a_request_before_initialize_is_refused(start: Start) -> None:
    with start() as client:
        assert -32002 == client.error("textDocument/hover", _hover(), TIMEOUT_S)["code"]


@correction
def a_second_initialize_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        again = {"processId": None, "rootUri": None, "capabilities": {}}
        assert -32600 == client.error("initialize", again)["code"]


@correction
def a_request_after_shutdown_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        client.request("shutdown")
        assert -32600 == client.error("textDocument/hover", _hover())["code"]


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
        assert [] == _popups(client)


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
        assert [] == _popups(client)
        assert "InvalidStateError" not in client.stderr


@correction
def a_command_without_its_arguments_is_refused(start: Start) -> None:
    with start() as client:
        client.initialize()
        assert -32602 == client.error("workspace/executeCommand", {"command": "test.echo"})["code"]


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
