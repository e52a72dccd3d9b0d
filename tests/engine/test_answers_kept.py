"""What the built-in model has said is there for the next server: the same words, without asking the model."""

from __future__ import annotations

from pathlib import Path

import pytest
from editor.echo_editor import EchoEditor, span
from editor.raw_wire import Json

pytestmark = pytest.mark.timeout(400)

PATIENCE_S = 120.0
URI = "file:///project/area.py"
TEXT = 'def area(width, height):\n    """Multiply."""\n    return width * height\n\n\nprint(area(2, 3))\n'
MARKDOWN: Json = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}


def editor(folder: Path, **options: object) -> EchoEditor:
    """A server with the built-in model, loaded, and an open document."""
    client = EchoEditor(folder, initialize=False)
    client.patience = PATIENCE_S
    client.initialize(capabilities=MARKDOWN, init_options={"offerModel": False, "device": "CPU", **options})
    client.open(URI, TEXT)
    client.until(client.status, lambda status: bool(status["device"]), PATIENCE_S)
    return client


def explained(client: EchoEditor) -> tuple[str, bool]:
    """Have the function explained; return what is said, and whether it was there."""
    answer = client.explain(URI, range=span((0, 0), (3, 0)))
    assert answer["device"] == "CPU"
    return answer["text"], answer["cached"]


def test_an_answer_is_there_after_a_restart(tmp_path: Path) -> None:
    """For an explanation and for a hover; the new server's worker has nothing to do."""
    with editor(tmp_path, **{"hover.deadlineMs": 60_000}) as client:
        text, cached = explained(client)
        hover = client.hover(URI, 0, 5)
    assert not cached
    with editor(tmp_path) as client:
        before = client.status()["workers"][0]["newTokens"]
        assert (text, True) == explained(client)
        assert hover == client.hover(URI, 0, 5)
        assert before == client.status()["workers"][0]["newTokens"]


def test_another_text_is_another_question(tmp_path: Path) -> None:
    """A blank more in the code, and nothing that was said of the old code is shown."""
    with editor(tmp_path) as client:
        explained(client)
    with editor(tmp_path) as client:
        client.type(URI, 2, 10, " ")
        assert not explained(client)[1]


@pytest.mark.parametrize("setting", [{"cache.disk": False}, {"cache.maxMegabytes": 0}])
def test_switched_off_nothing_is_kept(tmp_path: Path, setting: Json) -> None:
    """Nothing is written, and nothing that was written is read; within one server answers are remembered."""
    with editor(tmp_path, **setting) as client:
        assert [False, True] == [explained(client)[1], explained(client)[1]]
    assert not (tmp_path / "cache_dir" / "answers").exists()


def test_the_setting_counts_from_now_on(tmp_path: Path) -> None:
    """Switched off while the server runs, it keeps no more; switched on, it does again."""
    with editor(tmp_path) as client:
        for keep in (False, True):
            client.notify("workspace/didChangeConfiguration", {"settings": {"cache": {"disk": keep}}})
        explained(client)
    with editor(tmp_path) as client:
        assert explained(client)[1]
