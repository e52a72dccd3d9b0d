"""An editor whose suggestions and explanations come from two models, and one that changes its model while it works."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from editor.echo_editor import GHOST_TEXT, URI, EchoEditor, span
from editor.raw_wire import Json
from engine.built_in import SOURCE

from phi_providers.models.installed import BUILTIN, builtin
from phi_providers.models.manifest import read_manifest, write_manifest

pytestmark = pytest.mark.timeout(400)

PATIENCE_S = 120.0
ABLE: Json = {**GHOST_TEXT, "window": {"workDoneProgress": True}}
TEXT = "\n".join(SOURCE[200:260]) + "\n\n\ndef area(width, height):\n    "
END = (TEXT.count("\n"), 4)
OTHER = "other"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The built-in model under another name, installed."""
    folder = tmp_path / "data_dir" / "models" / OTHER
    shutil.copytree(BUILTIN, folder)
    profile = json.loads((folder / "profile.json").read_text("utf-8"))
    (folder / "profile.json").write_text(json.dumps({**profile, "id": OTHER}), "utf-8")
    write_manifest(folder, read_manifest(folder))
    return folder


def editor(folder: Path, **options: object) -> EchoEditor:
    """A server with these settings and an open document."""
    client = EchoEditor(folder, initialize=False)
    client.patience = PATIENCE_S
    client.initialize(capabilities=ABLE, init_options={"offerModel": False, "device": "CPU", **options})
    client.open(URI, TEXT)
    return client


def ready(client: EchoEditor, workers: int) -> Json:
    """Wait until so many models are loaded and idle, and return the status."""

    def holds(status: Json) -> bool:
        return [each["state"] for each in status["workers"]] == ["ready"] * workers

    status: Json = client.until(client.status, holds, PATIENCE_S)
    return status


def test_one_suggests_and_the_other_explains(tmp_path: Path, other: Path) -> None:
    """With the setting, the built-in model suggests although another one is chosen; the status says who and why."""
    with editor(tmp_path, modelPath=str(other), **{"inlineCompletion.model": "built-in"}) as client:
        status = ready(client, 2)
        explained = client.explain(URI, range=span((1, 0), (11, 0)))
        client.inline(URI, *END)
        requests = {each["model"]: each["requests"] for each in client.until(client.status, _both_asked)["workers"]}
    assert OTHER == status["model"] == explained["model"]
    assert (builtin().id, "inlineCompletion.model is built-in") == (
        status["typing"]["model"],
        status["typing"]["reason"],
    )
    assert {OTHER, builtin().id} == set(requests)


def _both_asked(status: Json) -> bool:
    return len(status["workers"]) == 2 and all(each["requests"] for each in status["workers"])


def test_one_that_keeps_up_does_both(tmp_path: Path, other: Path) -> None:
    """Once it is loaded, the built-in model that suggested meanwhile is gone."""

    def alone(status: Json) -> bool:
        return [worker["model"] for worker in status["workers"]] == [OTHER]

    with editor(tmp_path, modelPath=str(other), **{"inlineCompletion.model": "chosen"}) as client:
        status = client.until(client.status, alone, PATIENCE_S)
        assert status["typing"] is None


@pytest.mark.usefixtures("other")
def test_changing_the_model_loses_no_request(tmp_path: Path) -> None:
    """An explanation under way is written to its end, what is asked meanwhile is answered, by whoever is there."""
    with editor(tmp_path, **{"inlineCompletion.model": "chosen"}) as client:
        ready(client, 1)
        under_way = client.send_explain(URI, range=span((1, 0), (11, 0)), token="t")
        client.wait_notification("$/progress", lambda sent: sent["token"] == "t")
        client.command("phi-ls.selectModel", {"model": OTHER})
        meanwhile = [client.send_explain(URI, range=span((line, 0), (line + 4, 0))) for line in (12, 20, 28)]
        answers = [client.result(request) for request in (under_way, *meanwhile)]
        client.until(client.status, lambda status: [w["model"] for w in status["workers"]] == [OTHER], PATIENCE_S)
    assert builtin().id == answers[0]["model"]
    assert all(answer["text"] for answer in answers)
