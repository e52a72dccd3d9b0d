"""$/cancelRequest: the answer is instant, the work stops, and nobody else notices."""

from __future__ import annotations

import time
from typing import Any

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, at, span

TEXT = "def area(width, height):\n    "
OTHER = "file:///project/other.py"
LONG = {"tokens": [f" word{number}" for number in range(200)], "token_ms": 50}
NEVER = {"tokens": ["return"], "prefill_ms": 60_000}
SIBLING = {"when": "sibling", "tokens": ["return", " width"], "token_ms": 10}
CANCELLED = -32800

ASKING: dict[str, Any] = {
    "inline completion": lambda client: client.send_inline(URI, 1, 4),
    "completion": lambda client: client.send_request("textDocument/completion", at(URI, 1, 4)),
    "hover": lambda client: client.send_hover(URI, 0, 5),
    "explain": lambda client: client.send_explain(URI, range=span((0, 0), (1, 0)), token="t"),
}


@pytest.fixture(params=list(ASKING))
def kind(request: pytest.FixtureRequest) -> str:
    """One of the requests that wait for the model."""
    return str(request.param)


def _start(editor: StartEditor, *answers: Any) -> EchoEditor:
    client = editor(*answers, options={"completion": {"enable": "always"}})
    client.open(URI, TEXT)
    return client


def _code(client: EchoEditor, request: Any) -> Any:
    return client.reply(request).get("error", {}).get("code")


def test_the_answer_to_a_cancel_does_not_wait_for_the_engine(editor: StartEditor, kind: str) -> None:
    """Each is answered -32800 while the engine is deep in its prompt, and the engine stops."""
    with _start(editor, NEVER) as client:
        request = ASKING[kind](client)
        client.until_asked(1)
        begun = time.perf_counter()
        client.cancel(request)
        assert CANCELLED == _code(client, request)
        took = time.perf_counter() - begun
        client.settled()
        (ended,) = client.ended()

    assert took < 5
    assert "cancelled" == ended["finish"]


def test_a_request_that_waits_in_the_queue_is_cancelled_too(editor: StartEditor) -> None:
    """It never reaches the engine; what runs goes on."""
    with _start(editor, LONG) as client:
        client.open(OTHER, "def volume(depth):\n    return depth\n")
        running = client.send_explain(OTHER, range=span((0, 0), (2, 0)), token="running")
        client.until_asked(1)
        waiting = client.send_explain(URI, range=span((0, 0), (1, 0)))
        client.cancel(waiting)
        assert CANCELLED == _code(client, waiting)
        assert 1 == len(client.asked())
        client.cancel(running)
        assert CANCELLED == _code(client, running)


def test_a_cancel_concerns_one_request_only(editor: StartEditor, kind: str) -> None:
    """A suggestion in another document is what it would have been."""
    with _start(editor, SIBLING, LONG) as client:
        client.open(OTHER, "def sibling(width):\n    ")
        request = ASKING[kind](client)
        sibling = client.send_inline(OTHER, 1, 4)
        client.cancel(request)
        item = client.result(sibling)["items"][0]
        assert CANCELLED == _code(client, request)

    assert "return width" == item["insertText"]


def test_cancelling_twice_or_too_late_is_ignored(editor: StartEditor, kind: str) -> None:
    """One answer each, whatever the client cancels."""
    with _start(editor, {"tokens": ["return", " width"]}) as client:
        request = ASKING[kind](client)
        client.result(request)
        client.cancel(request)
        client.cancel("never sent")
        second = client.send_hover(URI, 0, 11)
        client.cancel(second)
        client.cancel(second)
        assert "result" in client.reply(second) or CANCELLED == _code(client, second)
        assert client.status()


def test_after_a_cancel_the_same_question_is_answered(editor: StartEditor, kind: str) -> None:
    """Nothing of the cancelled request is left in the way."""
    answer = {"tokens": ["return", " width"], "prefill_ms": 2000}
    with _start(editor, answer) as client:
        request = ASKING[kind](client)
        client.until_asked(1)
        client.cancel(request)
        assert CANCELLED == _code(client, request)
        assert client.result(ASKING[kind](client)) is not None


def test_a_request_cancelled_in_the_same_pipeful_is_answered(editor: StartEditor, kind: str) -> None:
    """Both messages may arrive in one read: the request is answered once."""
    with _start(editor, LONG) as client:
        requests = []
        for _ in range(20):
            requests.append(ASKING[kind](client))
            client.cancel(requests[-1])
        codes = {_code(client, request) for request in requests}

    assert {CANCELLED} == codes
