"""Suggestions on their way: handed from one request to the next while they fit, stopped when nobody can use them."""

from __future__ import annotations

from editor.echo_editor import URI, EchoEditor, StartEditor, item_of

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width", " * height"]}
EVERYTHING = "return width * height"
SLOW = {**ANSWER, "prefill_ms": 800}
"""Long enough to type into; the engine looks for a cancel every 50 ms."""
LONG = {"tokens": ["return width", *(f" + part{number}" for number in range(60))], "token_ms": 100}
"""One line of more tokens than are asked for: five seconds, unless it is told to stop."""

CANCELLED = -32800

TWO = "def area(width):\n    \n\ndef volume(depth):\n    "
"""A document with two places to ask at: lines 1 and 4."""
SECOND = "(width):\n    \n"
"""What only the prompt of the second place holds: at the first, all this text stands behind the cursor."""


def _begun(client: EchoEditor, *, text: str = HEAD) -> object:
    """Open a document, ask for a suggestion, and return the request's id once the engine is at work on it."""
    client.open(URI, text)
    request = client.send_inline(URI, 1, 4)
    client.until_asked(1)
    return request


def _cancelled(client: EchoEditor, request: object) -> bool:
    client.cancel(request)
    return bool(CANCELLED == client.reply(request).get("error", {}).get("code"))


def _finishes(client: EchoEditor) -> list[str]:
    """Return how the engine's requests ended, once nothing runs any more."""
    client.settled()
    return [entry["finish"] for entry in client.ended()]


def test_a_cancelled_suggestion_is_taken_up_by_the_next_key(editor: StartEditor) -> None:
    """Editors cancel at every key: the answer to the cancel is instant, the work goes to the next request."""
    with editor(SLOW) as client:
        request = _begun(client)
        assert _cancelled(client, request)
        client.type(URI, 1, 4, "r")
        item = client.inline(URI, 1, 5)
        asked, finishes = client.asked(), _finishes(client)

    assert EVERYTHING[1:] == (item and item["insertText"])
    assert 1 == len(asked)
    assert ["stop"] == finishes


def test_each_key_along_the_text_takes_the_same_generation_on(editor: StartEditor) -> None:
    """A whole burst of cancelled requests costs one generation."""
    with editor(SLOW) as client:
        requests = [_begun(client)]
        for typed, key in enumerate("return w"):
            client.cancel(requests[-1])
            client.type(URI, 1, 4 + typed, key)
            requests.append(client.send_inline(URI, 1, 5 + typed))
        item = item_of(client.result(requests.pop()))
        codes = [client.reply(request)["error"]["code"] for request in requests]
        asked = client.asked()

    assert "idth * height" == (item and item["insertText"])
    assert [CANCELLED] * 8 == codes
    assert 1 == len(asked)


def test_without_a_taker_a_cancelled_suggestion_is_stopped(editor: StartEditor) -> None:
    """After the 150 ms in which the next key may come, the engine is told to stop."""
    with editor(SLOW) as client:
        assert _cancelled(client, _begun(client))
        assert ["cancelled"] == _finishes(client)


def test_an_edit_that_contradicts_stops_the_engine(editor: StartEditor) -> None:
    """What the model will write can no longer be inserted: it stops even in the midst of reading the prompt."""
    with editor({**LONG, "prefill_ms": 60_000}) as client:
        request = _begun(client)
        client.edit(URI, (0, 9), (0, 14), "depth")
        assert None is client.result(request)
        assert ["cancelled"] == _finishes(client)
        assert "stale" == client.reason()
        assert 1 == len(client.asked())


def test_a_model_that_goes_on_otherwise_than_was_typed_stops(editor: StartEditor) -> None:
    """A key pressed before the first token may be what the model will write; once it is not, the engine stops."""
    with editor({**LONG, "prefill_ms": 500}) as client:
        request = _begun(client)
        client.type(URI, 1, 4, "x")
        assert None is client.result(request)
        assert ["cancelled"] == _finishes(client)
        assert "stale" == client.reason()
        (ended,) = client.ended()

    assert 0 < ended["emitted"] <= 3


def test_who_has_taken_up_a_text_that_goes_wrong_gets_another(editor: StartEditor) -> None:
    """The next request takes the generation up in good faith; when that turns out wrong, a new one is begun for it."""
    with editor({"when": "    raise", "tokens": [" ValueError(width)"]}, {**LONG, "prefill_ms": 500}) as client:
        older = _begun(client)
        client.type(URI, 1, 4, "raise")
        item = client.inline(URI, 1, 9)
        assert None is client.result(older)
        asked = client.asked()

    assert " ValueError(width)" == (item and item["insertText"])
    assert 2 == len(asked)


def test_an_edit_that_overtakes_who_has_taken_a_text_up_begins_nothing(editor: StartEditor) -> None:
    """The request that shares a generation is about a document that is gone, so no other one is begun for it."""
    with editor(LONG) as client:
        older = _begun(client)
        client.type(URI, 1, 4, "r")
        sharing = client.send_inline(URI, 1, 5)
        client.edit(URI, (0, 9), (0, 14), "depth")
        assert [None, None] == [client.result(request) for request in (older, sharing)]
        client.settled()
        assert 1 == len(client.asked())


def test_after_an_edit_that_contradicts_the_next_request_begins_anew(editor: StartEditor) -> None:
    """The new text is what the model is asked about."""
    with editor({"when": "raise", "tokens": [" ValueError(width)"]}, SLOW) as client:
        request = _begun(client)
        client.type(URI, 1, 4, "raise")
        client.cancel(request)
        item = client.inline(URI, 1, 9)
        asked = client.asked()
        client.reply(request)

    assert " ValueError(width)" == (item and item["insertText"])
    assert ["    ", "    raise"] == [entry["prompt"].rpartition("\n")[2] for entry in asked]


def test_a_newer_request_at_another_place_answers_the_older_one_null(editor: StartEditor) -> None:
    """Neovim never cancels; a late answer would overwrite newer ghost text, and an error would fill its log."""
    with editor({"when": SECOND, "tokens": ["return depth"]}, LONG) as client:
        older = _begun(client, text=TWO)
        newer = client.send_inline(URI, 4, 4)
        assert None is client.result(older)
        assert "superseded" == client.reason()
        assert item_of(client.result(newer)) is not None


def test_a_newer_request_that_needs_no_model_answers_the_older_one_too(editor: StartEditor) -> None:
    """Nothing is suggested inside a word, and what was asked for before must not come up there later."""
    with editor(LONG) as client:
        older = _begun(client)
        assert None is client.inline(URI, 0, 6)
        assert None is client.result(older)
        assert {"midWord", "superseded"} == {decision["reason"] for decision in client.why()}
        assert ["cancelled"] == _finishes(client)


def test_the_superseded_generation_stops(editor: StartEditor) -> None:
    """The engine belongs to the place where the person is now: the older work ends before its length."""
    answers = ({"when": "return", "tokens": ["return depth"]}, LONG)
    with editor(*answers) as client:
        _begun(client, text=TWO)
        client.type(URI, 4, 4, "return ")
        item = client.inline(URI, 4, 11)
        finishes = _finishes(client)

    assert item is not None
    assert "cancelled" == finishes[0]


def test_closing_the_document_stops_its_suggestion(editor: StartEditor) -> None:
    """Nobody can use what is written for a document that is gone; the request is answered."""
    with editor(SLOW) as client:
        request = _begun(client)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        assert None is client.result(request)
        assert ["cancelled"] == _finishes(client)


def test_what_comes_too_late_to_be_shown_is_kept(editor: StartEditor) -> None:
    """After eight seconds nobody waits for ghost text; the slow model goes on, and the next request has its text."""
    with editor({**ANSWER, "prefill_ms": 8_600}) as client:
        request = _begun(client)
        assert None is client.result(request)
        assert "timeout" == client.reason()
        assert ["stop"] == _finishes(client)
        item = client.inline(URI, 1, 4)
        asked = client.asked()

    assert EVERYTHING == (item and item["insertText"])
    assert 1 == len(asked)


def test_suggestions_of_other_documents_are_not_touched(editor: StartEditor) -> None:
    """Cancelling and closing concern one document; the other one's suggestion is what it would have been."""
    other = "file:///project/other.py"
    with editor({"when": "volume", "tokens": ["return depth"]}, SLOW) as client:
        request = _begun(client)
        client.open(other, "def volume(depth):\n    ")
        sibling = client.send_inline(other, 1, 4)
        client.cancel(request)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        item = item_of(client.result(sibling))
        client.reply(request)

    assert "return depth" == (item and item["insertText"])
