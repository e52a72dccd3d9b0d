"""What the model learns of the place where the user's files lie: nothing but names below the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest
from editor.echo_editor import EchoEditor, StartEditor, at, span

HEAD = "def area(width, height):\n    "
QUESTION = {"range": span((0, 0), (1, 0))}


def _prompts(client: EchoEditor, uri: str) -> str:
    """Ask for all that has a prompt, and return the prompts."""
    client.open(uri, HEAD)
    client.inline(uri, 1, 4)
    client.hover(uri, 0, 5)
    client.explain(uri, **QUESTION)
    asked = client.asked()
    assert 3 <= len(asked)
    return "".join(entry["prompt"] for entry in asked)


def test_prompts_hold_paths_below_the_workspace_folder_only(editor: StartEditor, tmp_path: Path) -> None:
    """With several workspace folders a file is named from its own one, never by its absolute path."""
    folders = [tmp_path / "first", tmp_path / "second"]
    announced = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
    with editor(workspaceFolders=announced) as client:
        prompts = _prompts(client, (folders[1] / "shapes" / "area.py").as_uri())

    assert "shapes/area.py" in prompts
    assert str(tmp_path) not in prompts


def test_a_file_outside_the_workspace_is_known_by_its_name(editor: StartEditor, tmp_path: Path) -> None:
    """A file that is in no workspace folder shows none of the folders that it is in."""
    with editor(rootUri=(tmp_path / "workspace").as_uri()) as client:
        prompts = _prompts(client, (tmp_path / "private" / "area.py").as_uri())

    assert "area.py" in prompts
    assert "private" not in prompts


@pytest.mark.parametrize("method", ["textDocument/hover", "textDocument/inlineCompletion"])
def test_documents_that_are_not_open_are_not_read(editor: StartEditor, tmp_path: Path, method: str) -> None:
    """A request for a file on disk that was never opened is answered null, and the model sees nothing of it."""
    secret = tmp_path / "secret.py"
    secret.write_text(HEAD)
    with editor() as client:
        answer = client.request(method, {**at(secret.as_uri(), 0, 5), "context": {"triggerKind": 2}})
        asked = client.asked()

    assert None is answer
    assert [] == asked
