"""Corrections to how pygls takes a message apart, and to when it lets one through."""

from __future__ import annotations

import time

from editor.correction_list import URI, Start, correction, hover
from editor.raw_client import TIMEOUT_S, frame


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
        assert -32002 == client.error("textDocument/hover", hover(), TIMEOUT_S)["code"]


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
        assert -32600 == client.error("textDocument/hover", hover())["code"]
