"""Explanations written anew, questions that follow them, and how they are shown to clients that drop results."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, span
from editor.raw_wire import Json

TEXT = "def area(width, height):\n    return width * height\n"
ALL = span((0, 0), (2, 0))
ANSWER = {"tokens": ["It", " multiplies", " **them**", "."]}
FAILED, BAD_PARAMETERS = -32803, -32602
SHOWS: Json = {"window": {"showDocument": {"support": True}}}


def _regenerate(client: EchoEditor, **what: Any) -> Json:
    result: Json = client.result(
        client.command("phi-ls.regenerate", {"textDocument": {"uri": URI}, "range": ALL, **what})
    )
    return result


def test_an_explanation_is_written_anew_and_remembered(editor: StartEditor) -> None:
    """What was remembered is not given again, and what is written takes its place."""
    with editor(ANSWER) as client:
        client.open(URI, TEXT)
        first = client.explain(URI, range=ALL)
        anew = _regenerate(client, token="t")
        again = client.explain(URI, range=ALL)
        asked = client.asked()
        streamed = [sent["params"] for sent in client.notifications if sent["method"] == "$/progress"]

    assert [False, False, True] == [each["cached"] for each in (first, anew, again)]
    assert 2 == len(asked)
    assert asked[0]["prompt"] == asked[1]["prompt"]
    assert "It multiplies **them**." == "".join(each["value"]["text"] for each in streamed if each["token"] == "t")


def test_a_question_is_refused_by_a_model_that_cannot_answer_it(editor: StartEditor) -> None:
    """The sentence says which model it is, and the engine is left alone."""
    with editor(ANSWER) as client:
        client.open(URI, TEXT)
        error = client.reply(client.send_explain(URI, range=ALL, question="Why?", previous=[{"answer": "So."}]))[
            "error"
        ]
        asked = client.asked()

    assert FAILED == error["code"]
    assert "echo cannot be asked questions" in error["message"]
    assert [] == asked


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ({"question": 5}, "'question'"),
        ({"question": " "}, "'question'"),
        ({"question": "x" * 2001}, "'question'"),
        ({"question": "Why?", "previous": {}}, "'previous'"),
        ({"question": "Why?", "previous": [{"answer": ""}] * 21}, "'previous'"),
        ({"question": "Why?", "previous": ["So."]}, "'previous[0]'"),
        ({"question": "Why?", "previous": [{"question": "Why?"}]}, "'previous[0].answer'"),
        ({"question": "Why?", "previous": [{"answer": "a"}, {"answer": "b", "question": 5}]}, "'previous[1].question'"),
    ],
)
def test_wrong_questions_are_named(editor: StartEditor, what: Json, named: str) -> None:
    """Each mistake is answered with the name of what is wrong."""
    with editor(ANSWER) as client:
        client.open(URI, TEXT)
        error = client.reply(client.send_explain(URI, range=ALL, **what))["error"]

    assert BAD_PARAMETERS == error["code"]
    assert named in error["message"]


def _path(uri: str) -> Path:
    return Path(url2pathname(unquote(urlsplit(uri).path)))


def test_a_client_that_drops_results_is_shown_a_document(editor: StartEditor, tmp_path: Path) -> None:
    """A private Markdown file has the same text, and is gone when the server is."""
    seen: list[tuple[str, int]] = []

    def show(params: Any) -> Json:
        path = _path(params["uri"])
        seen.append((path.read_text("utf-8"), stat.S_IMODE(path.stat().st_mode)))
        return {"success": True}

    with editor(ANSWER, capabilities=SHOWS, responders={"window/showDocument": show}) as client:
        client.open(URI, TEXT)
        result = client.explain(URI, range=ALL, show=True)
        client.until(client.status, lambda _status: bool(seen))
        sent = client.wait_request("window/showDocument")["params"]

    (text, mode), path = seen[0], _path(sent["uri"])
    assert result["text"] in text
    assert result["note"] in text
    assert sys.platform == "win32" or mode == 0o600
    assert path.is_relative_to(tmp_path)
    assert not path.exists()
    assert not sent.get("external")


@pytest.mark.parametrize("capabilities", [{}, SHOWS], ids=["knows no documents", "refuses them"])
def test_else_it_is_a_message(editor: StartEditor, capabilities: Json) -> None:
    """Plain text, for messages know no Markdown."""
    responders = {"window/showDocument": lambda _params: {"success": False}}
    with editor(ANSWER, capabilities=capabilities, responders=responders) as client:
        client.open(URI, TEXT)
        client.explain(URI, range=ALL, show=True)
        message = client.wait_notification("window/showMessage")

    assert "It multiplies them." in message["message"]


def test_nothing_is_shown_unasked(editor: StartEditor) -> None:
    """Who reads the result needs no document and no message."""
    with editor(ANSWER, capabilities=SHOWS) as client:
        client.open(URI, TEXT)
        client.explain(URI, range=ALL)
        client.status()
        methods = {sent["method"] for sent in [*client.requests, *client.notifications]}

    assert not {"window/showDocument", "window/showMessage"} & methods
