"""textDocument/codeAction: offered at once without the model, as the client knows them, and only where it may."""

from __future__ import annotations

from typing import Any

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, span
from editor.raw_wire import Json

TEXT = "def area(width, height):\n    return width * height\n\n\nx = 1\n"
LITERALS: Json = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor.rewrite"]}}}
EDITS: Json = {"workspace": {"applyEdit": True}}
PROBLEM: Json = {"range": span((1, 11), (1, 16)), "message": "width may be\nNone", "severity": 1, "source": "checker"}
IN_AREA = span((0, 6), (0, 6))


def _announcing(more: Json | None = None, **others: Any) -> Json:
    return {"textDocument": {"codeAction": {**LITERALS, **(more or {})}}, **EDITS, **others}


def _actions(client: EchoEditor, where: Json = IN_AREA, *, uri: str = URI, **context: Any) -> list[Json]:
    params = {"textDocument": {"uri": uri}, "range": where, "context": {"diagnostics": [], **context}}
    found: list[Json] = client.request("textDocument/codeAction", params)
    return found


def test_actions_are_announced_with_their_kinds(editor: StartEditor) -> None:
    """A client asks only those servers for an action that have its kind."""
    with editor(capabilities=_announcing()) as client:
        assert {"codeActionKinds": ["quickfix", "refactor.rewrite"]} == client.capabilities["codeActionProvider"]


def test_what_is_offered_and_what_it_runs(editor: StartEditor) -> None:
    """A diagnostic is explained by a quick fix, the symbol and its documentation by a rewrite; no model is asked."""
    with editor(capabilities=_announcing()) as client:
        client.open(URI, TEXT)
        actions = _actions(client, diagnostics=[PROBLEM])
        asked = client.asked()

    assert [
        ("quickfix", "Explain: width may be None", "phi-ls.explain"),
        ("refactor.rewrite", "Explain area", "phi-ls.explain"),
        ("refactor.rewrite", "Write documentation for area", "phi-ls.docstring"),
    ] == [(each["kind"], each["title"], each["command"]["command"]) for each in actions]
    assert [PROBLEM] == actions[0]["diagnostics"]
    assert {} == {key: each[key] for each in actions for key in ("edit", "tags") if key in each}
    assert [] == asked


def test_each_action_can_be_run_as_it_is(editor: StartEditor) -> None:
    """The arguments are those that the commands take."""
    with editor({"tokens": ["Multiplies", " them."]}, capabilities=_announcing(experimental={"phi-ls": {}})) as client:
        client.responders["workspace/applyEdit"] = lambda _params: {"applied": True}
        client.open(URI, TEXT)
        commands = [each["command"] for each in _actions(client, diagnostics=[PROBLEM])]
        commands += [each["command"] for each in _actions(client, span((0, 0), (1, 3)))]
        results = [client.result(client.command(each["command"], *each["arguments"])) for each in commands]

    assert 5 == len(results)
    assert all(each.get("text") == "Multiplies them." or each == {"applied": True} for each in results)


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, ["quickfix", "refactor.rewrite", "refactor.rewrite"]),
        (["quickfix"], ["quickfix"]),
        (["refactor"], ["refactor.rewrite"] * 2),
        (["refactor.rewrite"], ["refactor.rewrite"] * 2),
        (["refactor.rewrite.more"], []),
        (["refactor.extract"], []),
        (["refac"], []),
        (["source.organizeImports"], []),
        ([""], ["quickfix", "refactor.rewrite", "refactor.rewrite"]),
        ([], []),
    ],
)
def test_only_kinds_that_are_asked_for(editor: StartEditor, only: list[str] | None, kinds: list[str]) -> None:
    """A kind stands for itself and all below it: an editor that saves a file asks for other kinds and gets nothing."""
    with editor(capabilities=_announcing()) as client:
        client.open(URI, TEXT)
        context = {} if only is None else {"only": only}
        assert kinds == [each["kind"] for each in _actions(client, diagnostics=[PROBLEM], **context)]


def test_a_selection_is_offered_and_its_prompt_computed_ahead(editor: StartEditor) -> None:
    """Who marks lines and sees the offer finds the prompt of the explanation in the engine's cache."""
    with editor({"tokens": ["It."]}, capabilities=_announcing()) as client:
        client.open(URI, TEXT)
        client.settled()
        titles = [each["title"] for each in _actions(client, span((0, 0), (1, 3)))]
        computed = client.until(
            lambda: (client.status(), client.computed())[1],
            lambda found: any(
                "width * height" in each["prompt"] and "The code above" in each["prompt"] for each in found
            ),
        )
        client.explain(URI, range=span((0, 0), (1, 3)))
        (asked,) = client.asked()

    assert "Explain the selection" == titles[0]
    assert asked["prompt"] in [each["prompt"] for each in computed]


@pytest.mark.parametrize(
    ("marked", "title"),
    [
        (span((0, 4), (0, 8)), "Explain area"),
        (span((0, 6), (0, 7)), "Explain area"),
        (span((0, 8), (0, 9)), "Explain area"),
        (span((0, 0), (0, 8)), "Explain the selection"),
        (span((0, 4), (1, 4)), "Explain the selection"),
    ],
)
def test_one_word_is_no_selection(editor: StartEditor, marked: Json, title: str) -> None:
    """Editors whose cursor is a character wide send that, others the word at the cursor; both mean the symbol."""
    with editor(capabilities=_announcing()) as client:
        client.open(URI, TEXT)
        assert title == _actions(client, marked)[0]["title"]


@pytest.mark.parametrize(
    ("announced", "tags"),
    [
        ({"tagSupport": {"valueSet": [1]}}, [1]),
        ({"tagSupport": {"valueSet": [2, 1, 99]}}, [1]),
        ({"tagSupport": {"valueSet": []}}, None),
        ({}, None),
    ],
)
def test_actions_are_tagged_for_clients_that_know_the_tag(
    editor: StartEditor, announced: Json, tags: list[int] | None
) -> None:
    """Who knows the tag can tell the user that a model will write."""
    with editor(capabilities=_announcing(announced)) as client:
        client.open(URI, TEXT)
        assert {str(tags)} == {str(each.get("tags")) for each in _actions(client)}


def test_old_clients_get_commands(editor: StartEditor) -> None:
    """Without literals a client knows nothing but commands."""
    with editor(capabilities={"textDocument": {"codeAction": {}}, **EDITS}) as client:
        client.open(URI, TEXT)
        assert ["phi-ls.explain", "phi-ls.docstring"] == [each["command"] for each in _actions(client)]


def test_no_edit_is_offered_to_clients_that_take_none(editor: StartEditor) -> None:
    """Documentation is an edit."""
    with editor(capabilities={"textDocument": {"codeAction": LITERALS}}) as client:
        client.open(URI, TEXT)
        assert ["Explain area"] == [each["title"] for each in _actions(client)]


@pytest.mark.parametrize("experimental", [None, {"phi-ls": {}}, {"phi-ls": True}, {"other": True}])
def test_who_shows_results_is_not_shown_them_twice(editor: StartEditor, experimental: Json | None) -> None:
    """A client that says that it shows what commands return is left to it; for all others the server does."""
    more = {} if experimental is None else {"experimental": experimental}
    with editor(capabilities=_announcing(**more)) as client:
        client.open(URI, TEXT)
        (arguments,) = _actions(client)[0]["command"]["arguments"]

    assert ("phi-ls" not in (experimental or {})) == arguments.get("show", False)


@pytest.mark.parametrize(
    ("uri", "text"),
    [("file:///project/.env", "KEY = 1\n"), (URI, "a\0b"), (URI, None)],
    ids=["excluded", "binary", "closed"],
)
def test_nothing_is_offered_where_nothing_is_done(editor: StartEditor, uri: str, text: str | None) -> None:
    """A document that no model may see has no actions, not even on its diagnostics."""
    with editor(capabilities=_announcing()) as client:
        if text is not None:
            client.open(uri, text)
        assert [] == _actions(client, span((0, 0), (0, 3)), uri=uri, diagnostics=[PROBLEM])
