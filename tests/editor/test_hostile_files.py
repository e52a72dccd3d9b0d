"""Documents that are huge, binary or oddly written: the server stays quick, and its positions stay right."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import psutil
import pytest
from editor.echo_editor import EchoEditor, StartEditor, span

URI = "file:///project/hostile.py"
CALM = "file:///project/calm.py"
ANSWER = {"tokens": ["return", " width"]}
HEAD = "def area(width, height):\n    "
BUSY_S = 0.100
"""What one message may cost the server at most, over what the cheapest request costs it when it is idle."""

LONG_LINE = "x = 1; " * (10 * 1024 * 1024 // 7)
TEN_THOUSAND_LINES = "".join(f"value_{number} = {number}\n" for number in range(10_000))
HUNDRED_THOUSAND_LINES = "".join(f"v{number} = 1\n" for number in range(100_001))


def _seconds(client: EchoEditor) -> float:
    """Return what the server works until a cheap request is answered, behind all that was sent before it.

    In processor time, which other programs on the machine leave as it is.
    """
    begun = _processor_s(client)
    client.result(client.command("phi-ls.status", {}))
    return _processor_s(client) - begun


def _processor_s(client: EchoEditor) -> float:
    times = psutil.Process(client.process.pid).cpu_times()
    return times.user + times.system


def _baseline(client: EchoEditor) -> float:
    client.settled()
    client.open(CALM, HEAD)
    return statistics.median(_seconds(client) for _ in range(10))


def _behind(client: EchoEditor, ask: Callable[[], object]) -> float:
    ask()
    return _seconds(client)


def _quick_over_edits(client: EchoEditor, line: int) -> None:
    """Type, hover and ask for ghost text; behind each the cheap request must come soon. The best of five counts."""
    calm = _baseline(client)
    asking: dict[str, Callable[[], object]] = {
        "typing": lambda: client.type(URI, line, 0, "y"),
        "hover": lambda: client.send_hover(URI, line, 0),
        "ghost text": lambda: client.send_inline(URI, line, 1),
    }
    taken = {name: [_behind(client, ask) for _ in range(5)] for name, ask in asking.items()}
    assert {} == {name: times for name, times in taken.items() if min(times) > calm + BUSY_S}


def test_typing_in_a_line_of_ten_megabytes(editor: StartEditor) -> None:
    """Nothing that is sent about it holds the server up, and suggestions say why there are none."""
    with editor(ANSWER) as client:
        client.open(URI, LONG_LINE)
        _quick_over_edits(client, 0)
        assert None is client.inline(URI, 0, 100)
        assert "tooLarge" == client.reason()
        assert [] == client.asked()


def test_typing_in_ten_thousand_lines(editor: StartEditor) -> None:
    """Nothing that is sent about them holds the server up, and suggestions are made in their midst."""
    with editor(ANSWER) as client:
        client.open(URI, TEN_THOUSAND_LINES + HEAD)
        _quick_over_edits(client, 5_000)
        shown = client.inline(URI, 10_001, 4)
        assert shown is not None
        assert span((10_001, 4), (10_001, 4)) == shown["range"]


def test_a_hundred_thousand_lines(editor: StartEditor) -> None:
    """More lines than are completed in: said so, the server stays quick, and one line fewer brings suggestions back."""
    with editor(ANSWER) as client:
        client.open(URI, HUNDRED_THOUSAND_LINES)
        _quick_over_edits(client, 50_000)
        assert None is client.inline(URI, 100_001, 0)
        assert "tooLarge" == client.reason()
        client.edit(URI, (0, 0), (10, 0), "")
        client.edit(URI, (99_991, 0), (99_991, 0), HEAD)
        assert client.inline(URI, 99_992, 4) is not None


def test_replacing_ten_megabytes_by_a_few_lines(editor: StartEditor) -> None:
    """A document that was too large is completed in once it no longer is."""
    with editor(ANSWER) as client:
        client.open(URI, LONG_LINE)
        client.change(URI, 2, {"text": HEAD})
        assert client.inline(URI, 1, 4) is not None


def test_a_binary_file(editor: StartEditor) -> None:
    """NUL characters make a document binary: nothing is suggested, shown or explained, and the reason is given."""
    with editor(ANSWER) as client:
        client.open(URI, "\x7fELF\0\0\x01\n" * 1000)
        assert None is client.inline(URI, 3, 0)
        assert "binary" == client.reason()
        assert None is client.hover(URI, 3, 1)
        refused = client.reply(client.send_explain(URI, range=span((0, 0), (3, 0))))["error"]
        assert -32803 == refused["code"]
        assert "NUL" in refused["message"]
        assert [] == client.asked()


@pytest.mark.parametrize(
    ("text", "line", "character"),
    [
        (f"a = 1\fb = 2\n{HEAD}", 2, 4),
        (f"a = '\u2028'\n{HEAD}", 2, 4),
        (f"a = '\x85'\n{HEAD}", 2, 4),
        (f"a = '\ud800'\n{HEAD}", 2, 4),
        (f"a = 1\r\nb = 2\rc = 3\n{HEAD}", 4, 4),
        (f"a = '\U0001f680'\r\r\n{HEAD}", 3, 4),
        ("def area(width, height):\n    a = '\U0001f680\u0301'; ", 1, 15),
        ("def area(width, height):\n    a = '\ud800\u2028\x85\x0b'; ", 1, 16),
    ],
    ids=["form feed", "U+2028", "U+0085", "lone surrogate", "CRLF CR LF", "CR CRLF", "emoji", "all in the line"],
)
def test_positions_in_odd_text(editor: StartEditor, text: str, line: int, character: int) -> None:
    """Only CRLF, LF and CR end lines, columns are UTF-16 units: the suggestion comes back where it was asked for."""
    with editor(ANSWER) as client:
        client.open(URI, text)
        shown = client.inline(URI, line, character)
        assert shown is not None, client.why()
        assert span((line, character), (line, character)) == shown["range"]
        assert "return width" == shown["insertText"]


def test_hover_and_explanation_of_odd_text(editor: StartEditor) -> None:
    """They are answered like any other, with the range of the word in UTF-16 units."""
    text = "a = '\U0001f680\ud800\u2028'; call_it(1)\fb = 2\rc = 3\r\n"
    column = len(text[: text.index("call_it")].encode("utf-16-le", "surrogatepass")) // 2
    with editor({"tokens": ["It", " calls."]}) as client:
        client.open(URI, text)
        hover = client.hover(URI, 0, column)
        assert span((0, column), (0, column + 7)) == hover["range"]
        assert "It calls." == client.explain(URI, range=span((0, 0), (1, 0)))["text"]


@pytest.mark.parametrize(
    "place",
    [(10**9, 0), (0, 10**9), (2**31 - 1, 2**31 - 1)],
    ids=str,
)
def test_places_that_do_not_exist(editor: StartEditor, place: tuple[int, int]) -> None:
    """Requests and edits beyond the end of a document are taken for its end."""
    with editor(ANSWER) as client:
        client.open(URI, HEAD)
        client.hover(URI, *place)
        client.inline(URI, *place)
        client.edit(URI, place, place, "")
        assert client.inline(URI, 1, 4) is not None


def test_files_that_are_edited_into_something_hostile(editor: StartEditor) -> None:
    """A document becomes binary and text again by single edits; suggestions go and come with that."""
    with editor(ANSWER) as client:
        client.open(URI, HEAD)
        client.type(URI, 0, 0, "\0")
        assert None is client.inline(URI, 1, 4)
        assert "binary" == client.reason()
        client.edit(URI, (0, 0), (0, 1), "")
        client.type(URI, 0, 0, "#\n")
        assert client.inline(URI, 2, 4) is not None
