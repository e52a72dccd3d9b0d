"""Whole sessions of users who do not read English: nothing that the server says of its own is in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from editor.echo_editor import GHOST_TEXT, URI, EchoEditor, StartEditor, at, span
from editor.raw_wire import Json

SHOWN = {"message", "title", "detail", "note", "deviceReason", "value"}
"""Keys of what a person reads, wherever they stand."""

ENGLISH = re.compile(
    r"\b(the|is|are|of|and|not|with|from|has|have|must|for|to|by|ready|loading|model|no|still|cannot|it)\b"
)
"""Words that neither German nor Swahili has. `model` and the like are names where they stand in quotes or code."""

NAMES = re.compile(r"`[^`]*`|[„“]([\w.]+)[“”]|\(object\)|config\.toml|^model: |^engine: ")

ABLE: Json = {
    **GHOST_TEXT,
    "textDocument": {
        **GHOST_TEXT["textDocument"],
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    },
    "window": {"workDoneProgress": True, "showMessage": {}},
    "workspace": {"applyEdit": True},
}
BAD_OPTIONS: Json = {
    "nonsense": 1,
    "enable": "yes",
    "languages": {"x": 3},
    "device": "?",
    "hover": {"deadlineMs": 5, "mode": "sometimes"},
    "exclude": [7],
    "modelPath": "relative",
    "openaiServer.url": "ftp://x",
    "inlineCompletion.minConfidence": 7,
}
TEXT = "class Kreis:\n    def umfang(self, radius):\n        return radius\n\n\nx = 1 + \n"
ANSWER: Json = {"tokens": ["2", "3"]}
SLOW: Json = {"when": "umfang", "tokens": [" w0", " w1"], "token_ms": 1, "prefill_ms": 60_000}
FAILED = -32803


def texts(value: Any, key: str = "") -> Iterator[str]:
    """Yield what a person reads in a message."""
    if isinstance(value, str) and key in SHOWN:
        yield value
    for name, item in value.items() if isinstance(value, dict) else ():
        yield from texts(item, name)
    for item in value if isinstance(value, list) else ():
        yield from texts(item, key)


def shown(client: EchoEditor, *answers: Any) -> list[str]:
    """Return all that the server has shown so far, and what is in these answers."""
    return [*texts(client.notifications), *texts(client.requests), *texts(list(answers))]


def english(said: list[str]) -> list[str]:
    return [each for each in said if ENGLISH.search(NAMES.sub("", each))]


def failure(client: EchoEditor, request_id: Any) -> Json:
    """Return the error in the answer to a request."""
    error: Json = client.reply(request_id)["error"]
    assert FAILED == error["code"]
    return error


def everything(client: EchoEditor) -> list[str]:
    """Have the server say as much as it can, and return that."""
    client.settled()
    before = client.status()
    client.open(URI, TEXT)
    client.open("file:///project/.env", "x = 1\n", language="ini")
    client.open("file:///project/long.py", "x" * 30_000 + "\n")
    actions = client.result(
        client.send_request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": URI},
                "range": span((1, 8), (1, 8)),
                "context": {"diagnostics": [{"range": span((1, 0), (1, 4)), "message": "E501"}]},
            },
        )
    )
    assert actions
    client.inline(URI, 5, 1)
    client.inline(URI, 1, 10)
    client.inline("file:///project/.env", 0, 5)
    client.inline("file:///project/long.py", 0, 5)
    hover = client.hover(URI, 1, 10)
    errors = [
        failure(client, client.send_explain("file:///nowhere.py", range=span((0, 0), (1, 0)))),
        failure(client, client.send_explain("file:///project/.env", range=span((0, 0), (1, 0)))),
        failure(client, client.send_explain(URI, range=span((3, 0), (4, 0)))),
        failure(client, client.command("phi-ls.selectModel", {"model": "xyz"})),
    ]
    explained = client.explain(URI, range=span((5, 0), (6, 0)))
    assert explained["note"]
    return shown(client, before, actions, hover, errors, explained, client.why(), client.status())


@pytest.mark.parametrize(
    ("locale", "samples"),
    [
        (
            "de-AT",
            [
                "bereit",
                "Kreis",
                "wird noch geschrieben …",
                "umfang erklären",
                "vorgegebene Antworten, kein Modell Es erklärt nur auf Englisch.",
                "Eine Zeile hat mehr als 20.000 Zeichen.",
                "„hover.deadlineMs“ (initializationOptions): muss eine ganze Zahl von 100 bis 60000 sein, nicht 5;",
            ],
        ),
        (
            "sw",
            [
                "tayari",
                "bado inaandikwa …",
                "Eleza umfang",
                "majibu yaliyoandikwa kabla, hakuna modeli Inaeleza kwa Kiingereza pekee.",
                "Kuna mstari wenye zaidi ya herufi 20,000.",
                "phi-ls: “nonsense” (initializationOptions): si chaguo linalojulikana",
            ],
        ),
    ],
)
def test_a_session_in_another_language(editor: StartEditor, locale: str, samples: list[str]) -> None:
    """Settings, loading, status, actions, suggestions left out, hovers, explanations and refusals: all in one language.

    English is left in what stands for a program or a client's author: names of options, commands and models, errors
    about malformed requests, and the cause that a worker or the system gives.
    """
    with editor(
        SLOW, ANSWER, locale=locale, options=BAD_OPTIONS, capabilities=ABLE, load={"ms": 300}
    ) as client:  # fmt: skip
        said = everything(client)

    assert len(said) > 25
    assert [] == [sample for sample in samples if not any(sample in each for each in said)]
    assert [] == english(said)


def test_the_setting_goes_before_the_editors_language(editor: StartEditor) -> None:
    """Whoever names a language gets it in an editor of another one, from the next message on after a change."""
    answers: dict[str, Callable[[Any], Any]] = {"workspace/configuration": lambda _: [{"language": "sr-Latn"}]}
    able = {**ABLE, "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}}
    with editor(locale="de", options={"language": "sw"}, capabilities=able, responders=answers) as client:
        client.wait_request("workspace/configuration")
        spoken = client.until(client.status, lambda status: status["message"] == "spremno")
        assert "spremno" == spoken["message"]


def test_names_of_reasons_and_kinds_are_no_sentences(editor: StartEditor) -> None:
    """What clients decide by stays as the protocol has it in every language."""
    with editor(locale="de", options={"languages": {"python": False}}) as client:
        status = client.settled()
        client.open(URI, TEXT)
        client.inline(URI, 5, 8)
        (decision,) = client.why()
    assert ("normal", "bereit") == (status["kind"], status["message"])
    assert ("disabled", "phi-ls ist in den Einstellungen für „python“ abgeschaltet") == (
        decision["reason"],
        decision["detail"],
    )


def test_an_english_session_reads_as_before(editor: StartEditor) -> None:
    """No locale is English, and so is one that has no catalogue."""
    with editor(locale="ja") as client:
        assert "ready" == client.settled()["message"]
        client.reply(client.send_request("textDocument/hover", at(URI, 0, 0)))
