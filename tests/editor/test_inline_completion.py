"""textDocument/inlineCompletion, from the request to the item that the editor shows."""

from __future__ import annotations

from editor.echo_editor import URI, EchoEditor, StartEditor, item_of, span
from editor.friendly_client import StartFriendly
from lsprotocol import types

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width", " * height"]}
EVERYTHING = "return width * height"


def _ask(client: EchoEditor, text: str = HEAD, uri: str = URI, **context: object) -> object:
    client.open(uri, text)
    last = text.replace("\r\n", "\n").split("\n")
    return client.inline(uri, len(last) - 1, len(last[-1]), **context)  # type: ignore[arg-type]


def test_the_item_is_a_plain_string_with_a_range_at_the_cursor(editor: StartEditor) -> None:
    """Without a range an editor inserts where its cursor has moved to; Neovim ignores the range of a snippet."""
    with editor(ANSWER) as client:
        item = _ask(client)

    assert {"insertText": EVERYTHING, "range": span((1, 4), (1, 4))} == item


async def test_pytest_lsps_client_gets_the_item(friendly: StartFriendly) -> None:
    """The same through a client that converts every message to LSP's types."""
    async with friendly(ANSWER) as client:
        document = types.TextDocumentItem(URI, "python", 1, HEAD)
        client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
        result = await client.text_document_inline_completion_async(
            types.InlineCompletionParams(context, types.TextDocumentIdentifier(URI), types.Position(1, 4))
        )

    assert isinstance(result, types.InlineCompletionList)
    assert [EVERYTHING] == [item.insert_text for item in result.items]
    assert types.Range(types.Position(1, 4), types.Position(1, 4)) == result.items[0].range


def test_the_documents_line_ending_is_inserted(editor: StartEditor) -> None:
    """A suggestion of several lines in a document with CRLF has CRLF."""
    with editor({"tokens": ["x = width\n", "    return x * height\n"]}) as client:
        item = _ask(client, "import math\r\n\r\ndef area(width, height):\r\n    ")

    assert item is not None
    assert "x = width\r\n    return x * height" == item["insertText"]  # type: ignore[index]


def test_typing_along_a_suggestion_does_not_ask_the_model(editor: StartEditor) -> None:
    """Each key along the shown text is answered with the rest of it, from one generation."""
    with editor(ANSWER) as client:
        _ask(client)
        rests = []
        for typed, key in enumerate("return"):
            client.type(URI, 1, 4 + typed, key)
            item = client.inline(URI, 1, 5 + typed)
            assert item is not None
            rests.append(item["insertText"])
        asked, hits = client.asked(), client.status()["suggestionHits"]

    assert [EVERYTHING[count:] for count in range(1, 7)] == rests
    assert 1 == len(asked)
    assert 6 == hits


def test_two_identical_requests_share_one_generation(editor: StartEditor) -> None:
    """VS Code asks twice for the same position; both requests get the same item."""
    with editor({**ANSWER, "prefill_ms": 100}) as client:
        client.open(URI, HEAD)
        first, second = client.send_inline(URI, 1, 4), client.send_inline(URI, 1, 4)
        items = [item_of(client.result(request)) for request in (first, second)]
        asked = client.asked()

    assert [EVERYTHING, EVERYTHING] == [item and item["insertText"] for item in items]
    assert 1 == len(asked)


def test_another_version_of_the_document_is_asked_anew(editor: StartEditor) -> None:
    """An edit elsewhere in the neighbourhood makes another prompt, and no old answer is served for it."""
    with editor({"when": "depth", "tokens": ["return depth"]}, ANSWER) as client:
        before = _ask(client)
        client.edit(URI, (0, 9), (0, 14), "depth")
        after = client.inline(URI, 1, 4)

    assert [EVERYTHING, "return depth"] == [before and before["insertText"], after and after["insertText"]]  # type: ignore[index]


def test_asked_by_hand_a_suggestion_comes_where_none_comes_by_itself(editor: StartEditor) -> None:
    """Text right of the cursor keeps an automatic suggestion away, not one that was asked for."""
    with editor({"tokens": ["3 * "]}) as client:
        client.open(URI, "size = width\n")
        automatic, invoked = client.inline(URI, 0, 7), client.inline(URI, 0, 7, invoked=True)

    assert None is automatic
    assert invoked is not None
    assert "3 *" == invoked["insertText"].strip()


def test_the_selected_entry_of_the_popup_is_continued_over_its_range(editor: StartEditor) -> None:
    """The editor shows only an item that has the entry's range and begins with its text."""
    with editor({"tokens": ["turn", " width"]}) as client:
        client.open(URI, HEAD + "re")
        fits = client.inline(URI, 1, 6, selectedCompletionInfo={"range": span((1, 4), (1, 6)), "text": "return"})
        contradicts = client.inline(
            URI, 1, 6, selectedCompletionInfo={"range": span((1, 4), (1, 6)), "text": "reversed"}
        )

    assert {"insertText": "return width", "range": span((1, 4), (1, 6))} == fits
    assert None is contradicts


def test_a_selection_that_is_no_popup_entry_is_ignored(editor: StartEditor) -> None:
    """Neovim sends the visual selection there, which may be anywhere."""
    with editor(ANSWER) as client:
        elsewhere = {"range": span((0, 0), (1, 0)), "text": "def area"}
        item = _ask(client, selectedCompletionInfo=elsewhere)

    assert {"insertText": EVERYTHING, "range": span((1, 4), (1, 4))} == item


def test_documents_that_were_never_saved_get_suggestions(editor: StartEditor) -> None:
    """An `untitled:` document is as good as any other."""
    with editor(ANSWER) as client:
        item = _ask(client, uri="untitled:Untitled-1")

    assert item is not None


def test_a_suggestion_comes_while_the_model_is_still_loading(editor: StartEditor) -> None:
    """A request that comes before the model is ready waits for it."""
    with editor(ANSWER, load={"ms": 400}) as client:
        item = _ask(client)

    assert item is not None
