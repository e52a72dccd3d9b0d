"""workspace/executeCommand phi-ls.docstring: one edit, of the version that it was written for, or a reason."""

from __future__ import annotations

from typing import Any

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, at, span
from editor.raw_client import LATER
from editor.raw_wire import Json

TEXT = "class A:\r\n    def area(self, ä):\r\n        return ä\r\n"
ANSWER = {"tokens": ["```python\n", '"""Gives', " it", ' back."""', "\n```"]}
WRITTEN = '\r\n        """Gives it back."""'
PLACE = span((1, 22), (1, 22))
COMMAND, FAILED = "phi-ls.docstring", -32803


def _announcing(*, versions: bool = True, edits: bool = True) -> Json:
    return {"workspace": {"applyEdit": edits, "workspaceEdit": {"documentChanges": versions}}}


class _Editor:
    """Takes edits, or does not."""

    def __init__(self, *, applied: bool = True) -> None:
        self.edits: list[Json] = []
        self.applied = applied

    def __call__(self, params: Any) -> Json:
        self.edits.append(params)
        return {"applied": self.applied}


def _ask(client: EchoEditor, line: int = 2, character: int = 10, uri: str = URI, **more: Any) -> Any:
    return client.command(COMMAND, {**at(uri, line, character), **more})


@pytest.mark.parametrize("applied", [True, False])
def test_the_answer_becomes_an_edit_of_this_version(editor: StartEditor, applied: bool) -> None:
    """The editor is asked to change the version that the model was shown, and what it says is the result."""
    takes = _Editor(applied=applied)
    with editor(ANSWER, capabilities=_announcing(), responders={"workspace/applyEdit": takes}) as client:
        client.open(URI, TEXT, version=7)
        result = client.result(_ask(client))

    (sent,) = takes.edits
    (change,) = sent["edit"]["documentChanges"]
    assert {"applied": applied} == result
    assert {"uri": URI, "version": 7} == change["textDocument"]
    assert [{"range": PLACE, "newText": WRITTEN}] == change["edits"]
    assert "Documentation of area, written by echo" == sent["label"]


def test_clients_without_versions_get_plain_changes(editor: StartEditor) -> None:
    """The same edit in the form that they know."""
    takes = _Editor()
    responders = {"workspace/applyEdit": takes}
    with editor(ANSWER, capabilities=_announcing(versions=False), responders=responders) as client:
        client.open(URI, TEXT)
        client.result(_ask(client))

    assert {"changes": {URI: [{"range": PLACE, "newText": WRITTEN}]}} == takes.edits[0]["edit"]


def test_a_document_that_has_changed_meanwhile_is_not_edited(editor: StartEditor) -> None:
    """An edit for another text would land anywhere: the user is told to ask again."""
    takes = _Editor()
    slow = {**ANSWER, "token_ms": 100}
    with editor(slow, capabilities=_announcing(), responders={"workspace/applyEdit": takes}) as client:
        client.open(URI, TEXT)
        request = _ask(client)
        client.until_asked(1)
        client.type(URI, 0, 0, "x = 1\n")
        error = client.reply(request)["error"]

    assert FAILED == error["code"]
    assert "has changed" in error["message"]
    assert [] == takes.edits


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([" "], "no documentation of area"),
        (["42"], "no documentation of area"),
        (["def", " area(self, ä):"], "no documentation"),
    ],
)
def test_an_answer_that_is_no_documentation_is_an_error(editor: StartEditor, answer: list[str], said: str) -> None:
    """Nothing is put into the document, and the error names what was to be documented."""
    takes = _Editor()
    with editor({"tokens": answer}, capabilities=_announcing(), responders={"workspace/applyEdit": takes}) as client:
        client.open(URI, TEXT)
        error = client.reply(_ask(client))["error"]

    assert FAILED == error["code"]
    assert said in error["message"]
    assert [] == takes.edits


@pytest.mark.parametrize(
    ("uri", "text", "language", "edits", "said"),
    [
        (URI, TEXT, "python", False, "takes no edits"),
        (URI, "x = 1\n", "python", True, "nothing at this place"),
        (URI, "fn f() {}\n", "zig", True, "nothing at this place"),
        ("file:///project/.env", "def f(): pass\n", "python", True, "exclude"),
        (URI, None, "python", True, "not open"),
    ],
)
def test_what_cannot_be_documented_is_said_without_asking_the_model(
    editor: StartEditor, uri: str, text: str | None, language: str, edits: bool, said: str
) -> None:
    """Each reason is a sentence of its own, and the engine is left alone."""
    with editor(ANSWER, capabilities=_announcing(edits=edits)) as client:
        if text is not None:
            client.open(uri, text, language=language)
        error = client.reply(_ask(client, 0, 2, uri))["error"]
        asked = client.asked()

    assert FAILED == error["code"]
    assert said in error["message"]
    assert [] == asked


def test_an_editor_that_answers_late_keeps_nobody_waiting(editor: StartEditor) -> None:
    """While the user looks at the edit, everything else is answered."""
    responders = {"workspace/applyEdit": lambda _params: LATER}
    with editor(ANSWER, capabilities=_announcing(), responders=responders) as client:
        client.open(URI, TEXT)
        request = _ask(client)
        edit = client.wait_request("workspace/applyEdit")
        assert "echo" == client.status()["model"]
        client.respond(edit["id"], {"applied": True})
        assert {"applied": True} == client.result(request)
