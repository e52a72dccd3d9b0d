"""textDocument/completion: the suggestion as one entry of the popup, for clients without ghost text."""

from __future__ import annotations

from editor.echo_editor import URI, EchoEditor, StartEditor, at, span
from editor.friendly_client import StartFriendly
from editor.raw_wire import Json
from lsprotocol import types

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width", " * height"]}
EVERYTHING = "return width * height"
PLAIN_TEXT = 1
AS_IS = 1


def _complete(client: EchoEditor, text: str, line: int, character: int) -> Json | None:
    client.open(URI, text)
    result: Json | None = client.request("textDocument/completion", at(URI, line, character))
    return result


def test_the_announcement_is_no_empty_object(editor: StartEditor) -> None:
    """Clients that ask whether there is something in it find something."""
    with editor(capabilities={}) as client:
        assert {"resolveProvider": False} == client.capabilities["completionProvider"]


def test_one_entry_that_stands_last_and_inserts_the_suggestion(editor: StartEditor) -> None:
    """It never pushes the language's own entries down, and the popup asks again at the next key."""
    with editor(ANSWER, capabilities={}) as client:
        result = _complete(client, HEAD, 1, 4)

    assert result is not None
    assert result["isIncomplete"]
    (item,) = result["items"]
    assert {"range": span((1, 4), (1, 4)), "newText": EVERYTHING} == item["textEdit"]
    assert (EVERYTHING, "~", "phi-ls") == (item["label"], item["sortText"], item["detail"])
    assert PLAIN_TEXT == item["insertTextFormat"]


def test_the_word_being_typed_is_replaced(editor: StartEditor) -> None:
    """The popup keeps only entries whose filter text begins with what was typed, also by the keys after the answer."""
    with editor({"tokens": ["turn", " width"]}, capabilities={}) as client:
        result = _complete(client, HEAD + "re", 1, 6)

    assert result is not None
    (item,) = result["items"]
    assert {"range": span((1, 4), (1, 6)), "newText": "return width"} == item["textEdit"]
    assert "return width" == item["filterText"]
    assert "return width" == item["label"]


def test_several_lines_are_labelled_by_the_first(editor: StartEditor) -> None:
    """The entry shows one line; the documentation shows all, and all is inserted."""
    with editor({"tokens": ["size = width\n", "    return size\n"]}, capabilities={}) as client:
        result = _complete(client, HEAD, 1, 4)

    assert result is not None
    (item,) = result["items"]
    assert "size = width" == item["label"]
    assert "size = width\n    return size" == item["textEdit"]["newText"] == item["documentation"]


def test_lines_are_indented_already(editor: StartEditor) -> None:
    """A client that may indent the lines after the first by itself is told not to, if it can be told."""
    several = {"tokens": ["size = width\n", "    return size\n"]}
    knowing = {"textDocument": {"completion": {"completionItem": {"insertTextModeSupport": {"valueSet": [1, 2]}}}}}
    modes = []
    for capabilities in (knowing, {}):
        with editor(several, capabilities=capabilities) as client:
            result = _complete(client, HEAD, 1, 4)
        assert result is not None
        modes += [item.get("insertTextMode") for item in result["items"]]
    assert [AS_IS, None] == modes


def test_nothing_to_suggest_is_an_empty_list(editor: StartEditor) -> None:
    """Not null, so the popup asks again at the next key; the reason is recorded as for ghost text."""
    with editor(ANSWER, capabilities={}) as client:
        assert {"isIncomplete": True, "items": []} == _complete(client, "breadth = width\n", 0, 12)
        assert "midWord" == client.reason()


def test_who_has_switched_it_off_is_not_asked_again(editor: StartEditor) -> None:
    """An incomplete list would make the editor ask all its servers again at each key."""
    with editor(ANSWER, capabilities={}) as client:
        never = {"phi-ls": {"completion": {"enable": "never"}}}
        client.notify("workspace/didChangeConfiguration", {"settings": never})
        assert {"isIncomplete": False, "items": []} == _complete(client, HEAD, 1, 4)


def test_columns_are_the_clients(editor: StartEditor) -> None:
    """The replaced word is counted in UTF-16 units unless agreed otherwise."""
    with editor({"tokens": ["turn", " 1"]}, capabilities={}) as client:
        result = _complete(client, "x = 'é😀'; re", 0, 13)

    assert result is not None
    (item,) = result["items"]
    assert {"range": span((0, 11), (0, 13)), "newText": "return 1"} == item["textEdit"]


async def test_pytest_lsps_client_gets_the_entry(friendly: StartFriendly) -> None:
    """The same through a client that converts every message to LSP's types, as Emacs announces itself."""
    async with friendly(ANSWER, profile="emacs", ghost_text=False) as client:
        assert client.server_capabilities.completion_provider is not None
        client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "python", 1, HEAD)))
        result = await client.text_document_completion_async(
            types.CompletionParams(types.TextDocumentIdentifier(URI), types.Position(1, 4))
        )

    assert isinstance(result, types.CompletionList)
    (item,) = result.items
    assert isinstance(item.text_edit, types.TextEdit)
    assert EVERYTHING == item.text_edit.new_text
