"""Two editors on one project: their servers are independent, share what is on disk, and damage nothing of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from clients.left_behind import nothing_left  # noqa: F401 - a fixture
from clients.neovim.embedded import Neovim
from clients.project import SAMPLE, running, sample_project, until_ready
from clients.side_by_side import F5, emacs_beside, neovim, server_below, variables
from clients.terminal import ENTER, Terminal

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("nothing_left")]

CUT = SAMPLE.replace("self.name = name", "")
LINE = CUT.splitlines().index("        ") + 1
METHOD = CUT.splitlines().index("    def __setitem__(self, key, value):") + 1
TYPED = "self.name = "


def test_two_editors_on_one_file(tmp_path: Path) -> None:
    """Both suggest the same; what one was told the other need not ask for; one is killed and the other works on."""
    file = sample_project(tmp_path, CUT)
    with neovim(tmp_path) as left, emacs_beside(tmp_path, file, LINE) as right:
        left.edit(file)
        left.input(f"{LINE}GA{TYPED}")
        ghost = left.until_ghost()
        right.until("eglot:")
        until_ready(variables(tmp_path), servers=2)
        right.type(f"\x05{TYPED}")
        right.until(f"        {TYPED}{ghost}")

        servers = running(variables(tmp_path))
        of_left, of_right = (server_below(psutil.Process(it.pid), servers)["pid"] for it in (left.process, right))
        assert {of_left, of_right} == {server["pid"] for server in servers}
        assert of_left != of_right

        _explained_twice(left, right)

        left.process.kill()
        psutil.wait_procs([psutil.Process(of_left)] if psutil.pid_exists(of_left) else [], timeout=60)
        assert [of_right] == [server["pid"] for server in running(variables(tmp_path))]
        right.type(f"\x1bxphi-ls-regenerate{ENTER}")
        right.until(lambda lines: not any("remembered" in each or "writes…" in each for each in lines))
        right.until("built-in model")
        right.type(F5)
        assert 0 == right.wait_for_end()
    _assert_sound(tmp_path)


def _explained_twice(left: Neovim, right: Terminal) -> None:
    """Have Neovim's server explain a method, and then Emacs' server, which finds the answer on disk."""
    left.input(f"<C-\\><C-n>{METHOD}G0f_<Plug>(phi-ls-explain)")
    left.until(lambda: "Explained by starter" in left.frame.text, "the explanation is complete")
    right.type(f"\x1bgg{METHOD}{ENTER}\x13__set{ENTER}\x1bxphi-ls-explain{ENTER}")
    right.until("remembered")


def _assert_sound(folder: Path) -> None:
    """Each database on disk passes SQLite's own check, and there is one."""
    files = list(folder.rglob("*.sqlite3"))
    assert files
    for file in files:
        with closing(sqlite3.connect(file)) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
