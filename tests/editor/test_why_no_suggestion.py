"""phi-ls.whyNoSuggestion: each reason by its name, where a person would meet it."""

from __future__ import annotations

import datetime as dt

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor
from editor.raw_wire import Json

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width", " * height"]}


def _reason(client: EchoEditor, text: str, line: int, character: int, uri: str = URI) -> str | None:
    """Ask in a new document, where nothing is shown, and return why not."""
    client.open(uri, text)
    assert None is client.inline(uri, line, character)
    return client.reason()


@pytest.mark.parametrize(
    "options",
    [
        {"enable": False},
        {"languages": {"python": False}},
        {"languages": {"*": False}},
        {"inlineCompletion": {"enable": False}},
        {"inlineCompletion": {"automatic": False}},
    ],
    ids=str,
)
def test_disabled(editor: StartEditor, options: Json) -> None:
    """Each way to switch suggestions off is said to be one."""
    with editor(ANSWER, options=options) as client:
        assert "disabled" == _reason(client, HEAD, 1, 4)
        assert [] == client.asked()


@pytest.mark.parametrize(
    ("uri", "text", "place", "reason"),
    [
        ("file:///project/.env", "KEY=", (0, 4), "excluded"),
        (URI, f"x = '{'a' * 20_001}'\n", (1, 0), "tooLarge"),
        (URI, "x = '\0'\n", (1, 0), "binary"),
        (URI, "breadth = width\n", (0, 12), "midWord"),
        (URI, "size = width\n", (0, 7), "textToTheRight"),
        (URI, 'page = "https://example.', (0, 24), "insideString"),
        (URI, 'raise ValueError("the size must be ', (0, 35), "insideString"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_places_where_the_model_is_not_asked(
    editor: StartEditor, uri: str, text: str, place: tuple[int, int], reason: str
) -> None:
    """The reason names what stands in the way, and the engine is left alone."""
    with editor(ANSWER) as client:
        assert reason == _reason(client, text, *place, uri=uri)
        assert [] == client.asked()


def test_just_deleted(editor: StartEditor) -> None:
    """Right after a deletion nothing is suggested by itself, after the next key it is."""
    with editor(ANSWER) as client:
        client.open(URI, HEAD + "pass")
        client.edit(URI, (1, 4), (1, 8), "")
        assert None is client.inline(URI, 1, 4)
        assert "justDeleted" == client.reason()
        client.type(URI, 1, 4, "r")
        assert client.inline(URI, 1, 5) is not None


@pytest.mark.parametrize(
    ("answer", "text", "reason"),
    [
        ({"tokens": []}, HEAD, "empty"),
        ({"tokens": ["return width"], "log_prob": -3.0}, HEAD, "lowConfidence"),
        ({"tokens": ["return '\u202e'"]}, HEAD, "unsafeCharacters"),
        ({"tokens": ["Sure", "! Here is the code you asked for."]}, HEAD, "proseOrFence"),
        ({"tokens": ["x = 1\n", "x = 1\n"] * 8}, f"{HEAD}x = 1\n    ", "repeatsLines"),
        ({"tokens": [")"]}, "size = width", "unbalanced"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_answers_that_are_not_worth_showing(editor: StartEditor, answer: Json, text: str, reason: str) -> None:
    """What the model wrote is dropped for the reason that is given."""
    lines = text.split("\n")
    with editor(answer) as client:
        assert reason == _reason(client, text, len(lines) - 1, len(lines[-1]))
        assert 1 == len(client.asked())


def test_what_was_typed_over_twice_is_not_suggested_a_third_time(editor: StartEditor) -> None:
    """The person has said no at this place without a word; asking by hand outweighs that."""
    with editor(ANSWER) as client:
        client.open(URI, HEAD)
        for _ in range(2):
            assert client.inline(URI, 1, 4) is not None
            client.type(URI, 1, 4, "x")
            client.inline(URI, 1, 5)
            client.edit(URI, (1, 4), (1, 5), "")
        assert None is client.inline(URI, 1, 4)
        assert "rejectedRecently" == client.reason()
        assert client.inline(URI, 1, 4, invoked=True) is not None


def test_no_provider(editor: StartEditor) -> None:
    """A model that cannot be loaded is named with its cause."""
    with editor(load={"then": "fail"}, may_log_errors=True) as client:
        assert "noProvider" == _reason(client, HEAD, 1, 4)
        assert "the script says that loading fails" in client.why()[0]["detail"]


def test_stale(editor: StartEditor) -> None:
    """An answer for a version of the document that is gone is not shown, though its text may still fit."""
    with editor({**ANSWER, "prefill_ms": 1000}) as client:
        client.open(URI, HEAD)
        asked = client.send_inline(URI, 1, 4)
        client.type(URI, 1, 4, "r")
        assert None is client.result(asked)
        assert "stale" == client.reason()


def test_the_newest_decision_comes_first_and_names_its_place(editor: StartEditor) -> None:
    """Each decision has the keys that clients rely on, and a time that can be read."""
    with editor(ANSWER) as client:
        client.open(URI, "breadth = width\n")
        client.inline(URI, 0, 12)
        client.inline(URI, 0, 10)
        newest, older = client.why()

    assert ["textToTheRight", "midWord"] == [newest["reason"], older["reason"]]
    assert {"time", "uri", "line", "character", "reason", "detail"} == set(newest)
    assert (URI, 0, 10) == (newest["uri"], newest["line"], newest["character"])
    assert newest["detail"]
    assert None is not dt.datetime.fromisoformat(newest["time"]).tzinfo


def test_decisions_of_one_document_only(editor: StartEditor) -> None:
    """With `textDocument` the decisions of other documents are left out."""
    other = "file:///project/other.py"
    with editor(ANSWER) as client:
        for uri in (URI, other):
            assert "midWord" == _reason(client, "breadth = width\n", 0, 12, uri)
        only = client.why(other)

    assert [other] == [decision["uri"] for decision in only]


def test_a_suggestion_that_was_shown_is_no_reason(editor: StartEditor) -> None:
    """The list says why nothing was shown; what was shown is not in it."""
    with editor(ANSWER) as client:
        client.open(URI, HEAD)
        assert client.inline(URI, 1, 4) is not None
        assert [] == client.why()


def test_details_hold_nothing_of_the_document(editor: StartEditor) -> None:
    """A person may paste the decisions into a report; the source is not in them."""
    with editor({"tokens": ["secret_word"], "log_prob": -3.0}) as client:
        _reason(client, HEAD + "secret_code = ", 1, 18)
        decisions = client.why()

    assert "lowConfidence" == decisions[0]["reason"]
    assert "secret" not in str(decisions)
