"""What somebody in an editor has while another model is being loaded: the one that was there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from editor.echo_editor import URI, EchoEditor, span
from process.scripted_server import Handler, Script, Server, event, serving

from phi_providers.models.installed import builtin

pytestmark = pytest.mark.timeout(300)

PATIENCE_S = 60.0
HEAD = "def area(width, height):\n    return width * height\n\n\ndef scaled(width, height, factor):\n"
PLACES = ["    return ", "    if factor ", "    result = "]
ANSWER = "It computes an area."


@pytest.fixture
def gate() -> threading.Event:
    """Without it the model on the server is never loaded."""
    return threading.Event()


@pytest.fixture
def server(gate: threading.Event) -> Iterator[Server]:
    """A server whose model answers from the moment when the gate is opened."""

    def answer(handler: Handler, _body: dict[str, Any]) -> None:
        gate.wait(PATIENCE_S)
        handler.begin()
        handler.wfile.write(event(ANSWER) + event("", finish_reason="stop") + b"data: [DONE]\n\n")

    with serving(Script(answer, warm_up=False)) as server:
        yield server
        gate.set()


def suggestion(client: EchoEditor, version: int, end: str) -> str:
    """Type the beginning of a line and return what is suggested, or why nothing is."""
    uri = f"file:///project/typed_{version}.py"
    client.open(uri, HEAD + end)
    shown = client.inline(uri, HEAD.count("\n"), len(end), invoked=True)
    return str(shown["insertText"]) if shown else f"nothing: {client.why(uri)[0]}"


def test_the_model_that_is_there_answers_while_another_is_loaded(
    tmp_path: Path, server: Server, gate: threading.Event
) -> None:
    """Suggestions go on from the same process; a question waits for the new model, and nothing is started again."""
    settings = {"openaiServer": {"url": server.url}, "inlineCompletion": {"minConfidence": 0}}
    with EchoEditor(tmp_path, initialize=False) as client:
        client.patience = PATIENCE_S
        client.initialize(init_options=settings)
        client.open(URI, HEAD)
        status = client.until(client.status, lambda status: status["kind"] == "normal", PATIENCE_S)
        (before,) = status["workers"]
        there = {"engine": "openai_server", "model": "phi-3"}
        client.notify("workspace/didChangeConfiguration", {"settings": there})
        client.until(client.status, lambda _: bool(server.posts()), PATIENCE_S)
        asked = client.send_explain(URI, range=span((0, 0), (1, 10)))
        suggested = [suggestion(client, number, end) for number, end in enumerate(PLACES)]
        assert not gate.is_set()
        assert [] != [each for each in suggested if not each.startswith("nothing")], suggested
        assert before["pid"] in [worker["pid"] for worker in client.status()["workers"]]
        gate.set()
        explained = client.result(asked)
    assert builtin().id == before["model"]
    assert (ANSWER, "127.0.0.1") == (explained["text"], explained["device"].partition(":")[0])


def test_a_load_that_is_cancelled_leaves_the_built_in_model(
    tmp_path: Path, server: Server, gate: threading.Event
) -> None:
    """Nobody has to wait for a model: it is ended at once, questions are answered, and choosing it loads it again."""
    chosen = {"engine": "openai_server", "model": "phi-3"}
    with EchoEditor(tmp_path, initialize=False) as client:
        client.patience = PATIENCE_S
        options = {"openaiServer": {"url": server.url}, **chosen}
        client.initialize(capabilities={"window": {"workDoneProgress": True}}, init_options=options)
        client.open(URI, HEAD)
        begun = client.wait_notification(
            "$/progress", lambda sent: "loading phi-3" in sent["value"].get("title", ""), timeout=PATIENCE_S
        )
        assert begun["value"]["cancellable"]
        client.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        explained = client.explain(URI, range=span((0, 0), (1, 10)))
        models = [worker["model"] for worker in client.status()["workers"]]
        assert not gate.is_set()
        gate.set()
        client.notify("workspace/didChangeConfiguration", {"settings": {**chosen, "language": "en"}})
        again = client.until(client.status, lambda status: status["engine"] == "openai_server", PATIENCE_S)
    assert builtin().id == explained["model"]
    assert [builtin().id] == models
    assert "phi-3" == again["model"].partition("@")[0]
