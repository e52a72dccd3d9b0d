"""workspace/executeCommand phi-ls.explain: streamed, whole, refused, cancelled."""

from __future__ import annotations

from typing import Any

import psutil
import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, position, span
from editor.friendly_client import StartFriendly
from editor.raw_wire import Json
from lsprotocol import types

TEXT = "def area(width, height):\n    return width * height\n\n\ndef twice(size):\n    return area(size, size) * 2\n"
WORDS = ["It", " multiplies", " the", " two", " numbers", "."]
SENTENCE = "It multiplies the two numbers."
ANSWER = {"tokens": WORDS}
LONG = {"tokens": [f" word{number}" for number in range(100)], "token_ms": 50}
BOTH = span((0, 0), (2, 0))
KEYS = {"text", "model", "device", "finishReason", "cached", "note"}

CANCELLED, FAILED, BAD_PARAMETERS = -32800, -32803, -32602


def _open(client: EchoEditor) -> EchoEditor:
    client.open(URI, TEXT)
    return client


def _deltas(client: EchoEditor, token: Any) -> list[str]:
    progress = [message["params"] for message in client.notifications if message["method"] == "$/progress"]
    assert all(params["value"]["kind"] == "delta" for params in progress)
    return [params["value"]["text"] for params in progress if params["token"] == token]


@pytest.mark.parametrize("token", ["explain-1", 7, ""])
def test_the_pieces_on_the_token_make_the_whole(editor: StartEditor, token: Any) -> None:
    """Each piece comes as the model writes it, blanks and all, in front of the result."""
    with _open(editor(ANSWER)) as client:
        result = client.explain(URI, range=BOTH, token=token)
        deltas = _deltas(client, token)

    assert KEYS == set(result)
    assert SENTENCE == result["text"] == "".join(deltas)
    assert len(deltas) > 1
    assert ("echo", "none", "stop", False) == tuple(
        result[key] for key in ("model", "device", "finishReason", "cached")
    )


def test_a_stand_in_model_says_what_it_is(editor: StartEditor) -> None:
    """The note tells the reader what to think of the answer."""
    with _open(editor(ANSWER)) as client:
        assert "scripted answers, no model" == client.explain(URI, range=BOTH)["note"]


async def test_pytest_lsps_client_gets_pieces_and_result(friendly: StartFriendly) -> None:
    """The same through a client that converts every message to LSP's types."""
    async with friendly(ANSWER) as client:
        client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "python", 1, TEXT)))
        arguments = {"textDocument": {"uri": URI}, "position": position(0, 5), "token": "mine"}
        result = await client.workspace_execute_command_async(types.ExecuteCommandParams("phi-ls.explain", [arguments]))

    assert result is not None
    assert SENTENCE == result["text"] == "".join(client.deltas)


def test_without_a_token_nothing_is_streamed(editor: StartEditor) -> None:
    """A client that did not ask for pieces gets the whole only."""
    with _open(editor(ANSWER)) as client:
        assert SENTENCE == client.explain(URI, range=BOTH)["text"]
        assert [] == [message for message in client.notifications if message["method"] == "$/progress"]


def test_asked_again_the_answer_is_remembered(editor: StartEditor) -> None:
    """The same question about the same code costs no second generation and still streams to the token."""
    with _open(editor(ANSWER)) as client:
        client.explain(URI, range=BOTH)
        again = client.explain(URI, range=BOTH, token="again")
        deltas, asked = _deltas(client, "again"), client.asked()

    assert again["cached"]
    assert SENTENCE == again["text"] == "".join(deltas)
    assert 1 == len(asked)


@pytest.mark.parametrize(
    ("what", "inside", "outside"),
    [
        ({"range": span((0, 0), (1, 0))}, "def area(width, height):", "return width"),
        ({"range": span((1, 4), (1, 10))}, "    return width * height", "def twice"),
        ({"position": position(5, 13)}, "def area(width, height):\n    return width * height", "def twice"),
        ({"diagnostic": {"range": span((5, 4), (5, 10)), "message": "too small"}}, "def twice(size):", "\0"),
    ],
    ids=["whole lines", "part of a line", "symbol", "diagnostic"],
)
def test_what_is_meant_is_what_the_model_is_shown(editor: StartEditor, what: Json, inside: str, outside: str) -> None:
    """A range shows its lines, a position the definition of its word, a diagnostic the lines around it."""
    with _open(editor(ANSWER)) as client:
        client.explain(URI, **what)
        (asked,) = client.asked()

    assert inside in asked["prompt"]
    assert outside not in asked["prompt"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "textDocument.uri"),
        ([{}], "textDocument.uri"),
        ([{"textDocument": {"uri": 5}}], "textDocument.uri"),
        (["a string"], "one object"),
        ([{"textDocument": {"uri": URI}}, {}], "one object"),
        ([{"textDocument": {"uri": URI}}], "'range', 'position' and 'diagnostic'"),
        ([{"textDocument": {"uri": URI}, "position": {"line": -1, "character": 0}}], "position.line"),
        ([{"textDocument": {"uri": URI}, "position": {"line": 0, "character": 1.5}}], "position.character"),
        ([{"textDocument": {"uri": URI}, "position": {"line": True, "character": 0}}], "position.line"),
        ([{"textDocument": {"uri": URI}, "range": {"start": position(0, 0)}}], "range.end"),
        ([{"textDocument": {"uri": URI}, "diagnostic": {"range": BOTH}}], "diagnostic.message"),
        ([{"textDocument": {"uri": URI}, "diagnostic": {"message": "m"}}], "diagnostic.range"),
        ([{"textDocument": {"uri": URI}, "range": BOTH, "token": []}], "token"),
        ([{"textDocument": {"uri": URI}, "range": BOTH, "token": True}], "token"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_arguments_are_named(editor: StartEditor, arguments: list[Any], named: str) -> None:
    """Each mistake is answered at once with the name of what is wrong, in a sentence, and the engine is left alone."""
    with _open(editor(ANSWER)) as client:
        error = client.error("workspace/executeCommand", {"command": "phi-ls.explain", "arguments": arguments})
        asked = client.asked()

    assert BAD_PARAMETERS == error["code"]
    assert named in error["message"]
    assert " must " in error["message"] or "takes one object" in error["message"]
    assert [] == asked


def test_a_position_past_the_end_is_the_end(editor: StartEditor) -> None:
    """LSP lets a client point behind the end of a line or of the document."""
    with _open(editor(ANSWER)) as client:
        assert SENTENCE == client.explain(URI, range=span((0, 0), (900, 900)))["text"]
        assert SENTENCE == client.explain(URI, position=position(900, 900))["text"]


@pytest.mark.parametrize(
    ("uri", "text", "cause"),
    [(URI, None, "not open"), ("file:///project/.env", "KEY=1", "exclude"), (URI, "a\0b", "NUL")],
    ids=["not open", "excluded", "binary"],
)
def test_documents_that_are_not_explained(editor: StartEditor, uri: str, text: str | None, cause: str) -> None:
    """A document that is not open, or must not be read, is answered with the cause."""
    with editor(ANSWER) as client:
        if text is not None:
            client.open(uri, text)
        reply = client.reply(client.send_explain(uri, range=BOTH))
        asked = client.asked()

    assert FAILED == reply["error"]["code"]
    assert cause in reply["error"]["message"]
    assert [] == asked


def test_a_cancelled_explanation_ends_at_once_and_the_engine_within_two_tokens(editor: StartEditor) -> None:
    """The answer does not wait for the engine, no piece follows it, and the engine writes two tokens more at most."""
    with _open(editor(LONG)) as client:
        request = client.send_explain(URI, range=BOTH, token="t")
        client.wait_notification("$/progress")
        client.cancel(request)
        reply = client.reply(request)
        seen = len(_deltas(client, "t"))
        client.settled()
        after, (ended,) = len(_deltas(client, "t")), client.ended()

    assert CANCELLED == reply["error"]["code"]
    assert seen == after
    assert "cancelled" == ended["finish"]
    assert ended["emitted"] <= seen + 2


def test_an_explanation_in_another_document_is_not_touched_by_a_cancel(editor: StartEditor) -> None:
    """The sibling's text is what it would have been alone."""
    other = "file:///project/other.py"
    with _open(editor({"when": "sibling", "tokens": WORDS, "token_ms": 20}, LONG)) as client:
        client.open(other, "def sibling():\n    return 1\n")
        cancelled = client.send_explain(URI, range=BOTH, token="t")
        sibling = client.send_explain(other, range=BOTH, token="other")
        client.wait_notification("$/progress", lambda params: params["token"] == "t")
        client.cancel(cancelled)
        result = client.result(sibling)
        deltas = _deltas(client, "other")
        assert CANCELLED == client.reply(cancelled)["error"]["code"]

    assert SENTENCE == result["text"] == "".join(deltas)


@pytest.mark.parametrize("first", ["cancelled", "kept"])
def test_one_of_two_equal_questions_is_cancelled(editor: StartEditor, first: str) -> None:
    """The same question twice is two requests: whichever is cancelled, the other one is answered."""
    with _open(editor({"tokens": WORDS, "token_ms": 50})) as client:
        requests = [client.send_explain(URI, range=BOTH, token=token) for token in ("one", "two")]
        cancelled, kept = requests if first == "cancelled" else reversed(requests)
        client.wait_notification("$/progress")
        client.cancel(cancelled)
        assert CANCELLED == client.reply(cancelled)["error"]["code"]
        assert SENTENCE == client.result(kept)["text"]


def test_the_death_of_the_worker_is_told_with_its_cause(editor: StartEditor) -> None:
    """Killed while it writes: the request fails and names how the worker ended; the next one is answered."""
    with _open(editor({"when": "twice(size)", **ANSWER}, LONG)) as client:
        request = client.send_explain(URI, range=BOTH, token="t")
        client.wait_notification("$/progress")
        (worker,) = client.status()["workers"]
        psutil.Process(worker["pid"]).kill()
        error = client.reply(request)["error"]
        again = client.explain(URI, range=span((4, 0), (6, 0)))

    assert FAILED == error["code"]
    assert "killed" in error["message"]
    assert "Traceback" not in error["message"]
    assert SENTENCE == again["text"]


def test_a_generation_that_fails_is_told_with_its_cause(editor: StartEditor) -> None:
    """The engine's own sentence reaches the reader; the worker lives on."""
    with _open(editor({"tokens": ["It"], "then": "fail"})) as client:
        error = client.reply(client.send_explain(URI, range=BOTH))["error"]
        (worker,) = client.settled()["workers"]

    assert FAILED == error["code"]
    assert "the script says that this request fails" in error["message"]
    assert "ready" == worker["state"]


def test_markdown_that_could_do_harm_comes_out_as_text(editor: StartEditor) -> None:
    """Images, links and HTML from a model are text in the result."""
    hostile = "![pixel](https://example.org/a.png) [go](command:run) <img src=x> <script>alert(1)</script>"
    with _open(editor({"tokens": hostile.split(" ")})) as client:
        text = client.explain(URI, range=BOTH)["text"]

    assert "](" not in text
    assert "<img" not in text.replace("\\<", "")
    assert "<script" not in text.replace("\\<", "")
