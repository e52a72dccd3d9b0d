"""What somebody in an editor sees of a model that the memory cannot hold."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from editor.echo_editor import URI, EchoEditor, span

from phi_providers.models.installed import BUILTIN, builtin

pytestmark = pytest.mark.timeout(300)

PATIENCE_S = 120.0


def test_a_model_without_room_is_one_message_and_the_built_in_one_answers(tmp_path: Path) -> None:
    """The need, what is free and who answers are in it; the model's own files are never read."""
    folder = tmp_path / "huge"
    shutil.copytree(BUILTIN, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 10_000_000}), "utf-8")
    profile = json.loads((folder / "profile.json").read_text("utf-8"))
    (folder / "profile.json").write_text(json.dumps({**profile, "id": "huge"}), "utf-8")
    with EchoEditor(tmp_path, may_log_errors=True, initialize=False) as client:
        client.patience = PATIENCE_S
        client.initialize(init_options={"engine": "openvino", "device": "CPU", "modelPath": str(folder)})
        client.open(URI, "def area(width, height):\n    return width * height\n")
        assert builtin().id == client.explain(URI, range=span((0, 0), (1, 10)))["model"]
        (message,) = [
            sent["params"]["message"] for sent in client.notifications if sent["method"] == "window/showMessage"
        ]
    assert "model huge needs " in message
    assert " are free; close other programs" in message
    assert f"{builtin().id} with openvino on CPU answers instead" in message
