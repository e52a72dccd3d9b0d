"""Helix in a terminal, set up as its page says, with the real server and the built-in model."""

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
from clients.terminal import ENTER, ESCAPE, TAB, Terminal, control

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("nothing_left")]

CUT = SAMPLE.replace("self.name = name", "self.name = ")
LINE = CUT.splitlines().index("        self.name = ") + 1
END = len("        self.name = ")
METHOD = CUT.splitlines().index("    def __setitem__(self, key, value):") + 1


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which `phi-ls` is found, and with the page's configuration."""
    folder = tmp_path / "xdg" / "helix"
    folder.mkdir(parents=True)
    (folder / "languages.toml").write_text(configuration("helix", "toml"), "utf-8")
    return {
        **os.environ,
        **quiet_folders(tmp_path),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "XDG_CONFIG_HOME": str(tmp_path / "xdg"),
        "XDG_CACHE_HOME": str(tmp_path / "xdg-cache"),
        "HELIX_RUNTIME": str(_root() / "usr/lib/hx/runtime"),
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def helix(tmp_path: Path, variables: dict[str, str]) -> Iterator[Terminal]:
    """Start Helix with the project's file; at the end it is left without saving."""
    file = sample_project(tmp_path, CUT)
    with Terminal([*command(_root(), "usr/lib/hx/hx"), f"{file}:{LINE}:{END}"], variables, file.parent) as terminal:
        terminal.until("class Cache")
        until_ready(variables)
        yield terminal
        _back(terminal)
        terminal.type(f":qa!{ENTER}")
        assert 0 == terminal.wait_for_end()


def _back(helix: Terminal) -> None:
    """Go back to normal mode; what is typed at once behind an Escape would be a key with Alt, so it must be seen."""
    if any(line.startswith(" INS") for line in helix.screen()):
        helix.type(ESCAPE)
    helix.until(lambda lines: any(line.startswith(" NOR") for line in lines))


def _popup(lines: list[str]) -> bool:
    return any("snippet" in line or "Explain" in line for line in lines)


def _root() -> Path:
    return unpacked("helix", "sid", ["hx"])


def test_the_suggestion_is_chosen_from_the_popup(helix: Terminal, tmp_path: Path, variables: dict[str, str]) -> None:
    """What is inserted is what the command line suggests there, and the popup says whose it is."""
    file = tmp_path / "project" / "cache.py"
    expected = suggested(file, LINE, END + 1, variables)
    helix.type(f"A{control('x')}")
    helix.until("snippet")
    helix.type(TAB)
    helix.until("phi-ls")
    helix.type(ENTER)
    helix.until(lambda lines: not _popup(lines))
    _back(helix)
    helix.type(f":w{ENTER}")
    helix.until("written")
    assert SAMPLE.replace("self.name = name", f"self.name = {expected}") == file.read_text("utf-8")


def test_the_hover_says_what_the_model_says(helix: Terminal) -> None:
    """With the signature in front of it."""
    helix.type(f":{METHOD}{ENTER}f_; k")
    helix.until("built-in model")
    helix.until(lambda lines: sum("__setitem__(self, key, value)" in line for line in lines) == 2)


def test_an_explanation_opens_as_a_document(helix: Terminal) -> None:
    """Helix drops what the command returns; the server has it opened."""
    helix.type(f":{METHOD}{ENTER}f_; a")
    helix.until("Explain __setitem__")
    helix.type(ENTER)
    helix.until("# `__setitem__`")
    helix.until("built-in model")
