"""Tests of requests: each has exactly one answer, whatever becomes of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from editor.raw_client import LATER, RawClient, frame

SERVER = (sys.executable, str(Path(__file__).parent / "correction_server.py"))
URI = "file:///a.py"
HOVER = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


def _initialized(**options: Any) -> RawClient:
    client = RawClient(SERVER, **options)
    client.initialize()
    return client


def test_any_sound_id_is_answered() -> None:
    """Zero, negative, large and empty ids are ids like any other."""
    with _initialized() as client:
        for message_id in (0, -1, "", 2**53, "0", "a b"):
            client.send_request("textDocument/hover", HOVER, message_id=message_id)
            assert client.reply(message_id)["result"] is None
        client.exit()


def test_an_id_that_is_none_is_refused() -> None:
    """An id must be an integer or a string; the refusal cannot name it."""
    with _initialized() as client:
        for message_id in (b"true", b"1.0", b"[]", b"{}", b"null"):
            client.send_bytes(frame(b'{"jsonrpc":"2.0","method":"textDocument/hover","id":' + message_id + b"}"))
            assert -32600 == client.null_error()["code"]


def test_equal_ids_of_different_types_are_different() -> None:
    """The ids 5 and "5" may be in flight together."""
    with _initialized() as client:
        for message_id in (5, "5"):
            params = {"command": "test.progress", "arguments": [str(type(message_id))]}
            client.send_request("workspace/executeCommand", params, message_id=message_id)
        client.cancel("5")
        assert -32800 == client.reply("5")["error"]["code"]
        assert "done" == client.reply(5)["result"]


def test_a_method_nobody_serves() -> None:
    """A request is refused, `$/` or not; a notification is ignored."""
    with _initialized() as client:
        for method in ("test/unknown", "$/unknown", "textDocument/rename"):
            assert -32601 == client.error(method, {})["code"]
            client.notify(method, {})
        assert 1 == client.reply(client.command("test.echo", 1))["result"]


def test_a_notification_with_an_id_is_refused() -> None:
    """What LSP knows as a notification is not run as a request."""
    with _initialized() as client:
        for method in ("textDocument/didOpen", "exit", "initialized", "$/cancelRequest"):
            assert -32600 == client.error(method, {})["code"]
        client.exit()


def test_a_request_without_an_id_is_ignored() -> None:
    """Nobody could be answered."""
    with _initialized() as client:
        client.notify("shutdown")
        client.notify("textDocument/hover", HOVER)
        assert 1 == client.reply(client.command("test.echo", 1))["result"]


def test_inline_completion_is_advertised_if_options_are_passed() -> None:
    """pygls leaves the capability out for a feature without options."""
    with RawClient(SERVER) as client:
        assert {} == client.initialize()["inlineCompletionProvider"]


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(None, "utf-16"), (["utf-8", "utf-16"], "utf-8"), (["utf-32"], "utf-32"), (["utf-7", "utf-16"], "utf-16")],
)
def test_the_client_chooses_how_columns_are_counted(offered: list[str] | None, chosen: str) -> None:
    """The first of the client's encodings that we know is used, for real and not only in name."""
    capabilities = {"general": {"positionEncodings": offered}} if offered else {}
    with RawClient(SERVER) as client:
        assert chosen == client.initialize(capabilities=capabilities)["positionEncoding"]
        client.open(URI, "é😀x")
        behind_the_emoji = {"utf-8": 6, "utf-16": 3, "utf-32": 2}[chosen]
        assert [0, 2] == client.request("test/column", {"uri": URI, "line": 0, "character": behind_the_emoji})


def test_an_error_of_a_feature_reaches_the_user_in_one_line() -> None:
    """Code and message are the feature's own; additional data stay here."""
    with _initialized() as client:
        expected = {"code": -32803, "message": "the model is not there: install it"}
        assert expected == client.reply(client.command("test.fail"))["error"]
        assert -32802 == client.reply(client.command("test.give_up"))["error"]["code"]


def test_an_error_message_is_cut_to_what_an_editor_can_show() -> None:
    """No message is longer than 500 characters."""
    with _initialized() as client:
        assert "x" * 500 == client.reply(client.command("test.fail_at_length"))["error"]["message"]


def test_a_progress_token_is_forgotten_at_its_end() -> None:
    """pygls remembers each token for ever, which adds up over days."""
    with _initialized() as client:
        assert 0 == client.reply(client.command("test.work_done"))["result"]


def test_bad_parameters_are_named() -> None:
    """The refusal says where the trouble is."""
    with _initialized() as client:
        bad = {**HOVER, "position": {"line": "x", "character": 0}}
        assert "$.params.position.line" in client.error("textDocument/hover", bad)["message"]


def test_a_command_with_too_few_or_too_many_arguments_is_refused() -> None:
    """The handler is not run."""
    with _initialized() as client:
        for arguments in ([], [1, 2]):
            assert -32602 == client.reply(client.command("test.echo", *arguments))["error"]["code"]


def test_arguments_of_a_command_have_the_types_it_names() -> None:
    """Annotations are followed, defaults heeded, further arguments passed on."""
    with _initialized() as client:
        expected = ["corrected None ()", "corrected 1:2 (3, 4)"]
        calls = [client.command("test.typed"), client.command("test.typed", {"line": 1, "character": 2}, 3, 4)]
        assert expected == [client.reply(call)["result"] for call in calls]
        assert -32602 == client.reply(client.command("test.typed", {"line": "x"}))["error"]["code"]


def test_an_unknown_command_is_refused() -> None:
    """The refusal names it."""
    with _initialized() as client:
        error = client.reply(client.command("test.none"))["error"]
        assert (-32602, "there is no command 'test.none'") == (error["code"], error["message"])


def test_thousands_of_cancelled_requests_are_all_answered() -> None:
    """Each of 2,000 requests that are cancelled at once is answered as cancelled, in good time."""
    with _initialized() as client:
        params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}, "context": {"triggerKind": 1}}
        begin = time.perf_counter()
        requests = []
        for _ in range(2000):
            requests.append(client.send_request("textDocument/inlineCompletion", params))
            client.cancel(requests[-1])
        assert {-32800} == {client.reply(request)["error"]["code"] for request in requests}
        assert time.perf_counter() - begin < 5


def test_a_handler_that_ignores_its_cancellation_is_answered_for() -> None:
    """The client has its answer at once, and the id is free."""
    with _initialized() as client:
        request = client.command("test.stubborn")
        client.cancel(request)
        assert -32800 == client.reply(request, timeout=1)["error"]["code"]


def test_shutdown_answers_what_still_runs() -> None:
    """All requests have their answers before that of `shutdown`, and nothing comes after it."""
    with _initialized() as client:
        running = [client.command("test.stubborn"), client.command("test.progress", "token")]
        client.wait_notification("$/progress")
        client.request("shutdown")
        assert [-32802, -32802] == [client.reply(request, 0.0)["error"]["code"] for request in running]
        client.notify("exit")
        assert 0 == client.wait_exit()


def test_initialize_may_be_tried_again_after_a_refusal() -> None:
    """Bad parameters leave the server as it was."""
    with RawClient(SERVER) as client:
        assert -32602 == client.error("initialize", {"processId": None})["code"]
        assert "hoverProvider" in client.initialize()
        client.exit()


def test_initialize_may_be_tried_again_after_a_failure() -> None:
    """A feature that fails while the server is initialized leaves it uninitialized, and no worse."""
    with RawClient([*SERVER, "--fails-to-initialize"]) as client:
        params = {"processId": None, "rootUri": None, "capabilities": {}}
        assert -32603 == client.error("initialize", params)["code"]
        assert -32002 == client.error("textDocument/hover", HOVER)["code"]
        client.initialize()
        client.exit()


def test_initialized_may_come_without_parameters() -> None:
    """Some clients leave the empty object out; the server must start all the same."""
    with RawClient(SERVER) as client:
        client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        client.notify("initialized")
        client.wait_stderr("the handshake is complete")


def test_a_client_that_does_not_wait_for_initialize() -> None:
    """Messages sent in one piece with `initialize` are not lost."""
    with RawClient(SERVER) as client:
        first = client.send_request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        client.notify("initialized")
        client.open(URI, "abc")
        second = client.send_request("textDocument/hover", HOVER)
        assert "capabilities" in client.reply(first)["result"]
        assert "version 1, 1 lines, 3 characters" == client.reply(second)["result"]["contents"]


def test_notifications_before_initialize_are_ignored() -> None:
    """They are no reason to fail, and they change nothing."""
    with RawClient(SERVER) as client:
        client.open(URI, "abc")
        client.initialize()
        assert client.request("textDocument/hover", HOVER) is None


def test_an_answer_of_the_wrong_type_fails_the_request_that_needed_it() -> None:
    """The handler that asked gets an error instead of something it cannot use."""
    with _initialized(responders={"workspace/configuration": lambda _params: 5}) as client:
        assert -32803 == client.error("test/ask", {})["code"]


def test_the_client_may_refuse_a_request_of_ours() -> None:
    """Its error is what the handler that asked gets."""
    with _initialized(responders={"workspace/configuration": lambda _params: LATER}) as client:
        request = client.send_request("test/ask", {})
        asked = client.wait_request("workspace/configuration")
        client.send({"id": asked["id"], "error": {"code": -32601, "message": "no such method"}})
        assert {"code": -32601, "message": "no such method"} == client.reply(request)["error"]


def test_an_answer_to_a_request_never_made_is_ignored() -> None:
    """So is one without an id, or with both a result and an error."""
    with _initialized() as client:
        client.respond("never made", 1)
        client.send({"id": None, "error": {"code": 1, "message": "x"}})
        client.send({"id": 7, "result": 1, "error": None})
        assert 1 == client.reply(client.command("test.echo", 1))["result"]
