"""Folders that are missing, full or not ours: the server starts and answers without them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from editor.echo_editor import SERVER, URI, EchoEditor, StartEditor, span

HEAD = "def area(width, height):\n    "
ANSWER = {"tokens": ["return", " width"]}
MESSAGES = ("window/showMessage", "window/showMessageRequest")
VARIABLES = ("PHI_LS_CACHE_DIR", "PHI_LS_STATE_DIR", "PHI_LS_DATA_DIR")


def _answers(client: EchoEditor) -> None:
    """Use every feature; check that each is answered and that the person is bothered with one message at most."""
    client.open(URI, HEAD)
    assert client.inline(URI, 1, 4, invoked=True) is not None
    assert client.explain(URI, range=span((0, 0), (1, 0)))["text"]
    assert client.hover(URI, 0, 5) is not None
    assert "normal" == client.settled()["kind"]
    bothered = [sent for sent in [*client.notifications, *client.requests] if sent["method"] in MESSAGES]
    assert len(bothered) <= 1


@pytest.mark.parametrize("engine", ["echo", "auto"])
@pytest.mark.parametrize("where", ["below a file", "root", "no variables and no home"])
def test_folders_that_cannot_be_made(editor: StartEditor, tmp_path: Path, engine: str, where: str) -> None:
    """Below a regular file or where the system lets nobody write, no folder is made, and none is needed."""
    (tmp_path / "file").write_text("in the way")
    places = {"below a file": tmp_path / "file" / "x", "root": Path("/proc/x"), "no variables and no home": Path()}
    variables = {name: str(places[where]) for name in VARIABLES}
    if where.startswith("no variables"):
        variables = {**dict.fromkeys(VARIABLES, ""), "HOME": str(tmp_path / "file" / "home"), "XDG_RUNTIME_DIR": ""}
    with editor(ANSWER, options={"engine": engine}, variables=variables) as client:
        client.patience = 60.0
        _answers(client)


def test_folders_of_another_user(editor: StartEditor, tmp_path: Path) -> None:
    """A folder that others can write to is not used: nothing is put into it."""
    for name in ("cache_dir", "state_dir", "data_dir"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o777)
    for name in ("cache_dir/worker-home", "state_dir/servers"):
        (tmp_path / name).symlink_to(tmp_path, target_is_directory=True)
    before = sorted(path.name for path in tmp_path.iterdir())
    with editor(ANSWER) as client:
        _answers(client)
        client.wait_stderr("not a directory of its own")
        after = {path.name for path in tmp_path.iterdir()} - {"script.json", "record.jsonl"}
    assert set(before) == after


@pytest.mark.parametrize("engine", ["echo", "auto"])
def test_a_full_disk(editor: StartEditor, tmp_path: Path, engine: str) -> None:
    """A disk without a free byte costs the files that would lie on it, nothing else."""
    assert shutil.which("unshare"), "this test needs unshare: install the package 'util-linux'"
    disk = tmp_path / "disk"
    disk.mkdir()
    fill = f'mount -t tmpfs -o size=64k tmpfs "{disk}" && (cat /dev/zero > "{disk}/full" 2>/dev/null; exec "$@")'
    command = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", fill, "sh", *SERVER)
    variables = {name: str(disk / name) for name in VARIABLES} | {"HOME": str(disk), "TMPDIR": str(disk)}
    with editor(ANSWER, options={"engine": engine}, variables=variables, command=command) as client:
        client.patience = 60.0
        _answers(client)
        client.wait_stderr("no status file", 10.0)


@pytest.mark.parametrize("engine", ["echo", "auto"])
def test_folders_that_vanish(editor: StartEditor, tmp_path: Path, engine: str) -> None:
    """Somebody tidies up while the server runs: it goes on answering."""
    with editor(ANSWER, options={"engine": engine}) as client:
        client.patience = 60.0
        client.until(lambda: (client.status(), list(tmp_path.glob("state_dir/servers/*")))[1], bool, 60.0)
        for name in ("cache_dir", "state_dir"):
            shutil.rmtree(tmp_path / name)
        _answers(client)
        os.kill(client.status()["workers"][0]["pid"], 9)
        client.type(URI, 0, 0, "# once more\n")
        client.until(
            lambda: client.reply(client.send_explain(URI, range=span((0, 0), (2, 0)))),
            lambda reply: "result" in reply,
        )
