"""phi-ls.chat: a conversation, with a model behind an HTTP server that answers as the test wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from editor.echo_editor import EchoEditor, StartEditor
from editor.raw_wire import Json
from process.scripted_server import Handler, Script, Server, event, serving

FAILED, BAD_PARAMETERS, CANCELLED = -32803, -32602, -32800
MODEL: Json = {"engine": "openai_server", "model": "phi-3-mini", "offerModel": False}
LOADED_S = 60.0
"""Two workers are started, which takes a busy machine longer than an answer."""
HELLO: Json = {"role": "user", "content": "Hello"}


def _says(*pieces: str) -> Any:
    def deed(handler: Handler, body: Json) -> None:
        handler.begin()
        for piece in pieces:
            handler.wfile.write(event(piece))
        handler.wfile.write(event("", finish_reason="stop") + b"data: [DONE]\n\n")

    return deed


@contextmanager
def _chatting(editor: StartEditor, deed: Any) -> Iterator[tuple[EchoEditor, Server]]:
    with serving(Script(deed)) as server, editor(options={**MODEL, "openaiServer.url": server.url}) as client:
        client.until(client.status, lambda status: status["engine"] == "openai_server", timeout=LOADED_S)
        yield client, server


def _chat(client: EchoEditor, *messages: Json, **more: Any) -> Any:
    return client.command("phi-ls.chat", {"messages": list(messages), **more})


def test_a_conversation_is_answered_in_harmless_pieces(editor: StartEditor) -> None:
    """The pieces are the text: Markdown from which nothing can be loaded."""
    answer = _says("It is\n", "\n![x](https://evil.example)", "\n\n```py\nx = 1\n", "```")
    with _chatting(editor, answer) as (client, server):
        result = client.result(_chat(client, {"role": "system", "content": "Be brief."}, HELLO, token="t"))
        sent = [each["params"]["value"] for each in client.notifications if each["method"] == "$/progress"]
        prompt = str(server.posts()[-1][2])

    assert "It is\n\nx\n\n```py\nx = 1\n```" == result["text"]
    assert result["text"] == "".join(each["text"] for each in sent if each["kind"] == "delta")
    assert 1 < len([each for each in sent if each["kind"] == "delta"])
    assert "stop" == result["finishReason"]
    assert "phi-3-mini" in result["model"]
    assert "Be brief." in prompt
    assert "Hello" in prompt


def test_keys_and_passwords_are_not_told(editor: StartEditor) -> None:
    """The same holds for a conversation as for a document."""
    secret = "hunter2hunter2"
    with _chatting(editor, _says("Yes.")) as (client, server):
        client.result(_chat(client, {"role": "user", "content": f'password = "{secret}"'}))
        assert secret not in str(server.posts()[-1][2])


def test_an_answer_is_not_remembered(editor: StartEditor) -> None:
    """Whoever asks twice wants another answer, and a conversation has no place on the disk."""
    with _chatting(editor, _says("Yes.")) as (client, server):
        for _ in range(2):
            client.result(_chat(client, HELLO))
        asked = [body for _, _, body in server.posts() if "Hello" in str(body)]

    assert 2 == len(asked)


def test_a_cancelled_answer_ends_at_the_model(editor: StartEditor) -> None:
    """Nothing goes on where nobody reads."""

    def endless(handler: Handler, body: Json) -> None:
        handler.begin()
        handler.wfile.write(event("Once\n\nupon\n"))
        handler.wait_for_the_end()

    with _chatting(editor, endless) as (client, server):
        request = _chat(client, HELLO, token="t")
        client.until(client.status, lambda _: any(each["method"] == "$/progress" for each in client.notifications))
        client.cancel(request)
        assert CANCELLED == client.reply(request)["error"]["code"]
        client.until(client.status, lambda _: server.script.left.is_set())


def test_a_model_that_cannot_be_asked_is_not(editor: StartEditor) -> None:
    """The sentence says which model it is, the status says so beforehand, and the engine is left alone."""
    with editor({"tokens": ["Yes."]}) as client:
        status = client.settled()
        error = client.reply(_chat(client, HELLO))["error"]
        asked = client.asked()

    assert (False, 2048) == (status["takesQuestions"], status["context"])
    assert FAILED == error["code"]
    assert "echo cannot be asked questions" in error["message"]
    assert "`phi-ls models list` shows others" in error["message"]
    assert [] == asked


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "'messages'"),
        ({"messages": []}, "'messages'"),
        ({"messages": [HELLO] * 1001}, "'messages'"),
        ({"messages": ["Hello"]}, "'messages[0].role'"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "'messages[0].role'"),
        ({"messages": [HELLO, {"role": "user"}]}, "'messages[1].content'"),
        ({"messages": [HELLO, {"role": "assistant", "content": "Hi"}]}, "the last of 'messages'"),
        ({"messages": [{"role": "user", "content": "x" * 200_001}]}, "200,000"),
        ({"messages": [HELLO], "token": []}, "'token'"),
    ],
)
def test_wrong_conversations_are_named(editor: StartEditor, options: Json, named: str) -> None:
    """Each mistake is answered with the name of what is wrong."""
    with editor() as client:
        error = client.reply(client.command("phi-ls.chat", options))["error"]

    assert BAD_PARAMETERS == error["code"]
    assert named in error["message"]
