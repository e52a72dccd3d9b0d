"""Settings that change while the server runs: in force from the next request on."""

from __future__ import annotations

import pytest
from editor.echo_editor import URI, EchoEditor, StartEditor
from editor.raw_wire import Json

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width", " * height"]}


def _suggests(client: EchoEditor) -> bool:
    client.open(URI, HEAD)
    return client.inline(URI, 1, 4) is not None


def _push(client: EchoEditor, settings: Json) -> None:
    client.notify("workspace/didChangeConfiguration", {"settings": settings})


def test_switching_off_and_on_at_run_time(editor: StartEditor) -> None:
    """`enable` false silences everything and says so; true brings it back."""
    with editor(ANSWER) as client:
        assert _suggests(client)
        _push(client, {"enable": False})
        assert not _suggests(client)
        assert "disabled" == client.reason()
        assert None is client.hover(URI, 0, 5)
        assert "inactive" == client.status()["kind"]
        client.until(client.status, lambda status: [] == status["workers"])
        _push(client, {"enable": True})
        assert _suggests(client)
        assert "normal" == client.settled()["kind"]


def test_switching_on_starts_the_model(editor: StartEditor) -> None:
    """A server that began switched off loads the model when it is switched on, not at the first request."""
    with editor(ANSWER, options={"enable": False}) as client:
        assert [] == client.status()["workers"]
        _push(client, {"enable": True})
        assert 1 == len(client.settled()["workers"])


def test_another_device_makes_a_new_worker(editor: StartEditor) -> None:
    """The old worker ends, the new one answers, and nothing of the old one's cache is served."""
    with editor(ANSWER) as client:
        assert _suggests(client)
        (old,) = client.settled()["workers"]
        _push(client, {"device": "GPU"})
        assert _suggests(client)
        (new,) = client.settled()["workers"]
        asked = client.asked()

    assert old["pid"] != new["pid"]
    assert 2 == len(asked)


def test_a_request_under_way_while_the_engine_is_switched_is_answered(editor: StartEditor) -> None:
    """Whoever waits for the old worker is told, not left waiting."""
    with editor({"when": "twice", **ANSWER}, {"tokens": ["return"], "prefill_ms": 60_000}) as client:
        client.open(URI, HEAD)
        waiting = client.send_inline(URI, 1, 4)
        client.until_asked(1)
        _push(client, {"device": "GPU"})
        assert None is client.result(waiting)
        client.open("file:///project/other.py", "def twice(size):\n    ")
        assert client.inline("file:///project/other.py", 1, 4) is not None


def test_a_lower_confidence_shows_what_was_held_back(editor: StartEditor) -> None:
    """A setting that decides what is shown applies to the very next request, also at the same place."""
    with editor({**ANSWER, "log_prob": -1.5}) as client:
        assert not _suggests(client)
        assert "lowConfidence" == client.reason()
        _push(client, {"inlineCompletion": {"minConfidence": 0.1}})
        assert client.inline(URI, 1, 4) is not None


def test_a_higher_confidence_holds_back_what_was_shown(editor: StartEditor) -> None:
    """And the other way round: the cache does not outlive the setting."""
    with editor({**ANSWER, "log_prob": -0.5}) as client:
        assert _suggests(client)
        _push(client, {"inlineCompletion": {"minConfidence": 0.9}})
        assert None is client.inline(URI, 1, 4)
        assert "lowConfidence" == client.reason()


@pytest.mark.parametrize("pattern", ["*.py", "**/area.py"])
def test_an_excluded_file_falls_silent_at_once(editor: StartEditor, pattern: str) -> None:
    """Suggestions, hovers and explanations stop for files that match."""
    with editor(ANSWER) as client:
        assert _suggests(client)
        _push(client, {"exclude": [pattern]})
        assert None is client.inline(URI, 1, 4)
        assert "excluded" == client.reason()
        assert None is client.hover(URI, 0, 5)
