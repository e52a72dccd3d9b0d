"""Positions in each encoding: what comes back counts as the client does, and points where it pointed."""

from __future__ import annotations

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor, position, span
from editor.raw_wire import Json

ENCODINGS = {
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf-32": len,
}
STRANGE = "aé😀b"
LINE = f"{STRANGE} = 1; naïve = "
BETWEEN = "aé😀"


def _announced(encoding: str, **text_document: Json) -> Json:
    return {"general": {"positionEncodings": [encoding]}, "textDocument": {"inlineCompletion": {}, **text_document}}


@pytest.fixture(params=list(ENCODINGS))
def encoding(request: pytest.FixtureRequest) -> str:
    """One of the three ways to count columns."""
    return str(request.param)


def _start(editor: StartEditor, encoding: str, *answers: Json, text: str = LINE, **announced: Json) -> EchoEditor:
    client = editor(*answers, capabilities=_announced(encoding, **announced))
    assert encoding == client.capabilities["positionEncoding"]
    client.open(URI, text)
    return client


def test_ghost_text_is_asked_for_and_ranged_in_the_clients_columns(editor: StartEditor, encoding: str) -> None:
    """The model sees the line up to the cursor, and the item's range is the cursor's column as it was sent."""
    end = ENCODINGS[encoding](LINE)
    with _start(editor, encoding, {"tokens": ["2"]}) as client:
        item = client.inline(URI, 0, end)
        (asked,) = client.asked()

    assert {"insertText": "2", "range": span((0, end), (0, end))} == item
    assert asked["prompt"].endswith(LINE)


def test_a_cursor_in_the_middle_of_a_line_cuts_it_there(editor: StartEditor, encoding: str) -> None:
    """Asked for by hand behind the emoji: what stands right of it is the suffix."""
    column = ENCODINGS[encoding]("x = '😀', ")
    with _start(editor, encoding, {"tokens": ["'é', "]}, text="x = '😀', )\n") as client:
        client.inline(URI, 0, column, invoked=True)
        (asked,) = client.asked()

    assert asked["prompt"].endswith("x = '😀', ")


def test_the_selected_popup_entry_is_read_in_the_clients_columns(editor: StartEditor, encoding: str) -> None:
    """The text that the entry's range covers is found behind the emoji."""
    count = ENCODINGS[encoding]
    start, end = count("'😀'; "), count("'😀'; re")
    selected = {"range": span((0, start), (0, end)), "text": "return"}
    with _start(editor, encoding, {"tokens": ["turn", " 1"]}, text="'😀'; re") as client:
        item = client.inline(URI, 0, end, selectedCompletionInfo=selected)

    assert {"insertText": "return 1", "range": span((0, start), (0, end))} == item


def test_a_hover_is_ranged_in_the_clients_columns(editor: StartEditor, encoding: str) -> None:
    """The word behind the emoji is found by its column, and its range counts as the client does."""
    count = ENCODINGS[encoding]
    start, end = count("x = '😀'; "), count("x = '😀'; naïve")
    with _start(editor, encoding, {"tokens": ["Said."]}, text="x = '😀'; naïve = x") as client:
        ranges = [client.hover(URI, 0, column)["range"] for column in (start, end)]

    assert [span((0, start), (0, end))] * 2 == ranges


def test_edits_are_applied_in_the_clients_columns(editor: StartEditor, encoding: str) -> None:
    """An edit behind the emoji changes what it should, and the model sees the document so."""
    start, end = ENCODINGS[encoding](BETWEEN), ENCODINGS[encoding](STRANGE)
    with _start(editor, encoding, {"tokens": ["2"]}) as client:
        client.edit(URI, (0, start), (0, end), "c")
        client.inline(URI, 0, ENCODINGS[encoding](LINE))
        (asked,) = client.asked()

    assert asked["prompt"].endswith(LINE.replace("b", "c"))


def test_an_explanations_range_is_read_in_the_clients_columns(editor: StartEditor, encoding: str) -> None:
    """The symbol behind the emoji is the one that is explained."""
    text = "def naïve():\n    return 1\n\n\nx = '😀'; naïve()\n"
    with _start(editor, encoding, {"tokens": ["Said."]}, text=text) as client:
        client.explain(URI, position=position(4, ENCODINGS[encoding]("x = '😀'; naïve")))
        (asked,) = client.asked()

    assert "def naïve():" in asked["prompt"]
    assert "x = " not in asked["prompt"]


def test_decisions_name_the_clients_columns(editor: StartEditor, encoding: str) -> None:
    """`whyNoSuggestion` points to where the client was, also when a request was cancelled or superseded."""
    column = ENCODINGS[encoding](LINE)
    with _start(editor, encoding, {"tokens": ["2"], "prefill_ms": 60_000}) as client:
        cancelled = client.send_inline(URI, 0, column)
        client.until_asked(1)
        client.cancel(cancelled)
        assert -32800 == client.reply(cancelled)["error"]["code"]
        (decision,) = client.why()

    assert (0, column, "superseded") == (decision["line"], decision["character"], decision["reason"])


@pytest.mark.parametrize("place", [(0, 900), (900, 0), (900, 900), (0, 2**31 - 1)], ids=str)
def test_positions_past_the_end_are_the_end(editor: StartEditor, place: tuple[int, int]) -> None:
    """LSP allows them; the answer's range is where the text will really go."""
    with _start(editor, "utf-16", {"tokens": ["2"]}) as client:
        item = client.inline(URI, *place)

    end = ENCODINGS["utf-16"](LINE)
    assert {"insertText": "2", "range": span((0, end), (0, end))} == item


def test_the_middle_of_a_character_is_its_beginning_or_end(editor: StartEditor) -> None:
    """A column inside a surrogate pair does no harm."""
    with _start(editor, "utf-16", {"tokens": ["2"]}, text="😀") as client:
        for column in (0, 1, 2):
            client.inline(URI, 0, column, invoked=True)
        assert {"", "😀"} >= {entry["prompt"] for entry in client.asked()} - {"😀"}
