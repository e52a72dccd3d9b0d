"""textDocument/hover: what the document says at once, what the model says by the deadline."""

from __future__ import annotations

from typing import Any

import psutil
import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, position, span
from editor.friendly_client import StartFriendly
from editor.raw_wire import Json
from lsprotocol import types

TEXT = '''class Shape:
    def area(self, width, height):
        """Multiply the two."""
        return width * height


print(Shape().area(2, 3))
'''
ANSWER = {"tokens": ["It", " gives", " the", " product", "."]}
SAID = "It gives the product."
STILL = "still generating"
SLOW = {"tokens": ["It", " gives", " the", " product", ".", " It", " is", " slow", "."], "token_ms": 100}
LONG = {"tokens": [f" word{number}" for number in range(100)], "token_ms": 50}

CANCELLED = -32800


def _hover(client: EchoEditor, line: int = 6, character: int = 16) -> Any:
    """Hover over the call of `area`, unless told otherwise."""
    client.open(URI, TEXT)
    return client.hover(URI, line, character)


def _again(client: EchoEditor) -> str:
    """Hover a second time, over the same word."""
    value: str = client.hover(URI, 6, 14)["contents"]["value"]
    return value


def test_facts_stand_in_front_of_what_the_model_says(editor: StartEditor) -> None:
    """Signature, scope and docstring of the definition, then the model's words and its name."""
    with editor(ANSWER) as client:
        hover = _hover(client)

    assert span((6, 14), (6, 18)) == hover["range"]
    assert "markdown" == hover["contents"]["kind"]
    value = hover["contents"]["value"]
    order = [value.index(part) for part in ("Shape", "def area(self, width, height)", "Multiply the two", SAID, "echo")]
    assert sorted(order) == order
    assert STILL not in value


async def test_pytest_lsps_client_gets_the_hover(friendly: StartFriendly) -> None:
    """The same through a client that converts every message to LSP's types."""
    async with friendly(ANSWER) as client:
        client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "python", 1, TEXT)))
        hover = await client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(URI), types.Position(6, 16))
        )

    assert isinstance(hover, types.Hover)
    assert isinstance(hover.contents, types.MarkupContent)
    assert types.MarkupKind.Markdown == hover.contents.kind
    assert SAID in hover.contents.value


def test_a_function_whose_body_is_not_written_yet_has_facts(editor: StartEditor) -> None:
    """While a person types a `def`, its block has nothing in it."""
    with editor(ANSWER) as client:
        client.open(URI, "def area(width):\n    ")
        assert "def area(width)" in client.hover(URI, 0, 5)["contents"]["value"]


def test_a_word_without_definition_gets_what_the_model_says(editor: StartEditor) -> None:
    """The document knows nothing of `print`, the model does."""
    with editor(ANSWER) as client:
        value = _hover(client, 6, 2)["contents"]["value"]

    assert value.startswith(SAID)


def test_where_there_is_no_word_there_is_no_hover(editor: StartEditor) -> None:
    """Nothing is shown over blanks and brackets, and the engine is left alone."""
    with editor(ANSWER) as client:
        assert None is _hover(client, 4, 0)
        assert [] == client.asked()


def test_a_slow_model_is_shown_as_far_as_it_has_come_and_the_rest_is_kept(editor: StartEditor) -> None:
    """At the deadline the hover says that more is to come; the next hover has all of it, from memory."""
    with editor(SLOW, options={"hover": {"deadlineMs": 300}}) as client:
        first = _hover(client)["contents"]["value"]
        client.settled()
        second = _again(client)
        asked = client.asked()

    assert "Multiply the two" in first
    assert STILL in first
    assert "It is slow." not in first
    assert STILL not in second
    assert "It gives the product. It is slow." in second
    assert 1 == len(asked)


@pytest.mark.parametrize("mode", ["off", "onDemand"])
def test_modes_that_leave_the_model_alone(editor: StartEditor, mode: str) -> None:
    """`off` shows nothing; `onDemand` shows the facts. Neither asks the model."""
    with editor(ANSWER, options={"hover": {"mode": mode}}) as client:
        hover = _hover(client)
        asked = client.asked()

    assert (mode == "off") == (hover is None)
    assert mode == "off" or "Multiply the two" in hover["contents"]["value"]
    assert mode == "off" or SAID not in hover["contents"]["value"]
    assert [] == asked


def test_on_demand_shows_an_answer_that_is_known_already(editor: StartEditor) -> None:
    """What was asked before the mode changed is remembered and shown without the model."""
    with editor(ANSWER) as client:
        _hover(client)
        client.notify("workspace/didChangeConfiguration", {"settings": {"phi-ls": {"hover": {"mode": "onDemand"}}}})
        assert SAID in _again(client)
        assert 1 == len(client.asked())


def test_a_cancelled_hover_stops_the_engine(editor: StartEditor) -> None:
    """The pointer has moved on: the answer is instant, and the engine does not write to the end."""
    with editor(LONG) as client:
        client.open(URI, TEXT)
        request = client.send_hover(URI, 6, 16)
        client.until_asked(1)
        client.cancel(request)
        assert CANCELLED == client.reply(request)["error"]["code"]
        client.settled()
        (ended,) = client.ended()

    assert "cancelled" == ended["finish"]


def test_a_hover_elsewhere_replaces_the_one_before(editor: StartEditor) -> None:
    """A person looks at one thing at a time: the older hover keeps its facts, the newer one gets the model."""
    with editor({"when": "print(Shape", **ANSWER}, LONG) as client:
        client.open(URI, TEXT)
        older = client.send_hover(URI, 6, 16)
        client.until_asked(1)
        newer = client.hover(URI, 6, 2)
        value = client.result(older)["contents"]["value"]
        finishes = [entry["finish"] for entry in client.ended()]

    assert SAID in newer["contents"]["value"]
    assert "Multiply the two" in value
    assert "cancelled" == finishes[0]


def test_typing_comes_before_a_hover_which_goes_on_afterwards(editor: StartEditor) -> None:
    """A suggestion makes the hover yield; resumed from what it had written, the hover's text has no gap."""
    with editor({"when": "The code above", **SLOW}, {"tokens": ["return 1"]}, options=_patient()) as client:
        client.open(URI, TEXT)
        hovering = client.send_hover(URI, 6, 16)
        client.until_asked(1)
        client.open("file:///project/other.py", "def one():\n    ")
        assert client.inline("file:///project/other.py", 1, 4) is not None
        value = client.result(hovering)["contents"]["value"]

    assert "It gives the product. It is slow." in value


def _patient() -> Json:
    return {"hover": {"deadlineMs": 9_000}}


def test_without_a_worker_the_facts_stand_alone(editor: StartEditor) -> None:
    """The worker dies while it writes: the hover is answered with what the document says."""
    with editor(LONG) as client:
        client.open(URI, TEXT)
        request = client.send_hover(URI, 6, 16)
        client.until_asked(1)
        (worker,) = client.status()["workers"]
        psutil.Process(worker["pid"]).kill()
        value = client.result(request)["contents"]["value"]

    assert "Multiply the two" in value
    assert "word" not in value


def test_the_hovers_model_prompt_is_about_the_definition(editor: StartEditor) -> None:
    """Over a use, the model is shown what is used; asked at the definition, it is the same question."""
    with editor(ANSWER) as client:
        _hover(client)
        client.hover(URI, 1, 10)
        (asked,) = client.asked()

    assert "return width * height" in asked["prompt"]
    assert "print(Shape" not in asked["prompt"]


def test_hovers_of_a_document_that_was_closed_are_null(editor: StartEditor) -> None:
    """The server forgets a document with its closing."""
    with editor(ANSWER) as client:
        client.open(URI, TEXT)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        request = client.send_request("textDocument/hover", {"textDocument": {"uri": URI}, "position": position(6, 16)})
        assert None is client.result(request)


def test_hovering_again_does_not_begin_again(editor: StartEditor) -> None:
    """While an answer is still being written, another hover over the same waits for the same one."""
    with editor(SLOW, options={"hover": {"deadlineMs": 300}}) as client:
        assert STILL in str(_hover(client))
        assert STILL in _again(client)
        client.until(lambda: _again(client), lambda text: "is slow." in text)
        assert 1 == len(client.asked())


def test_a_silent_model_adds_nothing(editor: StartEditor) -> None:
    """An empty answer is not shown as one: the facts stand alone."""
    with editor({"tokens": []}) as client:
        assert "Multiply the two." in str(_hover(client))
        assert "echo" not in _again(client)
