"""Two editors on one project at the same time: each has its own server, and both share what lies on disk."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from clients.neovim.conftest import ENABLE
from clients.neovim.embedded import Neovim
from clients.neovim.versions import NEWEST, OLDEST
from clients.project import SAMPLE, server_folders

MAPS = "imap <F5> <Plug>(phi-ls-accept)\n"
TYPED = "Go<CR><C-u>    def __len__(self):<CR>return len("


def explained(editor: Neovim) -> str:
    """Explain the class, and return the whole explanation."""
    editor.command("1,$PhiLs explain")
    editor.until(lambda: "Explained by starter" in editor.frame.text, "the explanation is complete")
    return "\n".join(editor.lines)


def megabytes(editor: Neovim) -> int:
    """Return what the server and its workers keep in memory for themselves, shared pages counted in proportion."""
    servers = [process for process in editor.process.children() if "--stdio" in process.cmdline()]
    tree = [each for server in servers for each in (server, *server.children(recursive=True))]
    return sum(process.memory_full_info().pss for process in tree) // 10**6


def statuses(variables: dict[str, str]) -> list[dict[str, Any]]:
    """Return what `phi-ls status` says of the servers that run."""
    words = [sys.executable, "-m", "phi_ls", "status", "--json"]
    found: list[dict[str, Any]] = json.loads(
        subprocess.run(words, env=variables, capture_output=True, check=True).stdout
    )
    return found


def test_two_editors(
    tmp_path: Path,
    project: Callable[..., Path],
    nothing_left: None,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    """Both suggest and explain; what one has explained the other has at once; one leaves, and the other goes on."""
    file, folders = project(SAMPLE), server_folders(tmp_path)
    Path(folders["PHI_LS_CONFIG"]).write_text("offerModel = false\n", "utf-8")
    (tmp_path / "old").mkdir()
    with Neovim(NEWEST, tmp_path, folders, before=MAPS + ENABLE) as new:
        with Neovim(OLDEST, tmp_path / "old", folders, before=MAPS + ENABLE) as old:
            new.edit(file)
            old.edit(file)
            first = explained(new)
            assert first == explained(old)
            for editor in (new, old):
                editor.input(f"q{TYPED}")
                editor.until_ghost()
            assert new.frame.ghost == old.frame.ghost
            running = {each["pid"] for each in statuses({**psutil.Process().environ(), **folders})}
            assert 2 == len(running)
            for name, editor in (("0.12", new), ("0.10", old)):
                record_testsuite_property(f"megabytes of the server of Neovim {name}", megabytes(editor))
        new.input("<F5>")
        new.until(lambda: new.lines[-1] != "        return len(", "it is accepted")
        assert 1 == len(statuses({**psutil.Process().environ(), **folders}))
    for path in (tmp_path / "cache_dir").rglob("*.sqlite3"):
        with sqlite3.connect(path) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
