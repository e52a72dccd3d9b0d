"""Vim with ALE in a terminal, set up as its page says, with the real server and the built-in model."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from clients.installed import command, unpacked
from clients.left_behind import nothing_left  # noqa: F401 - a fixture
from clients.project import SAMPLE, quiet_folders, sample_project, suggested, until_ready
from clients.readme import configuration
from clients.terminal import ENTER, ESCAPE, Terminal, control

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("nothing_left")]

CUT = SAMPLE.replace("self.name = name", "self.name = ")
LINE = CUT.splitlines().index("        self.name = ") + 1
END = len("        self.name = ")
METHOD = CUT.splitlines().index("    def __setitem__(self, key, value):") + 1


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which `phi-ls` is found."""
    return {
        **os.environ,
        **quiet_folders(tmp_path),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "VIMRUNTIME": str(next(_root().glob("usr/share/vim/vim[0-9]*"))),
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def vim(tmp_path: Path, variables: dict[str, str]) -> Iterator[Terminal]:
    """Start Vim with the project's file and the page's configuration; at the end it is left without saving."""
    file = sample_project(tmp_path, CUT)
    script = tmp_path / "vimrc"
    ale = _root() / "usr/share/vim-ale"
    first = (
        f"set nocompatible nomore shortmess+=I\nset runtimepath^={ale}\nfiletype plugin on\nruntime plugin/ale.vim\n"
    )
    script.write_text(first + configuration("vim", "vim"), "utf-8")
    words = [*command(_root(), "usr/bin/vim.basic"), "-u", str(script), f"+{LINE}", str(file)]
    with Terminal(words, variables, file.parent) as terminal:
        terminal.until("class Cache")
        until_ready(variables)
        yield terminal
        terminal.type(f":qa!{ENTER}")
        assert 0 == terminal.wait_for_end()


def _root() -> Path:
    return unpacked("vim", "sid", ["vim", "vim-ale"])


def test_the_suggestion_is_chosen_from_the_popup(vim: Terminal, tmp_path: Path, variables: dict[str, str]) -> None:
    """What is inserted is what the command line suggests there."""
    file = tmp_path / "project" / "cache.py"
    expected = suggested(file, LINE, END + 1, variables)
    vim.type(f"A{control('x')}{control('o')}")
    vim.until("The only match")
    _back(vim)
    vim.type(f":w{ENTER}")
    vim.until("written")
    assert SAMPLE.replace("self.name = name", f"self.name = {expected}") == file.read_text("utf-8")


def test_the_hover_says_what_the_file_and_the_model_say(vim: Terminal) -> None:
    """The signature, then who has written the words below it."""
    vim.type(f":{METHOD}{ENTER}f_:ALEHover{ENTER}")
    vim.until("built-in model")
    vim.until(lambda lines: "def __setitem__(self, key, value):" in lines)


def test_an_explanation_is_a_message(vim: Terminal) -> None:
    """ALE drops what the command returns and opens no documents; the server has it shown as a message."""
    vim.type(f":{METHOD}{ENTER}f_:ALECodeAction{ENTER}")
    vim.until("1) Explain __setitem__")
    vim.type(f"1{ENTER}")
    vim.until("built-in model")


def _back(vim: Terminal) -> None:
    """Go back to normal mode; what is typed at once behind an Escape would be a key with Alt."""
    vim.type(ESCAPE)
    vim.until(lambda lines: not any("completion" in line or "INSERT" in line for line in lines))
