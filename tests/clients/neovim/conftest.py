"""What tests with Neovim share: both versions, projects, servers, and the proof that no process is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from clients.left_behind import nothing_left  # noqa: F401 - a fixture
from clients.neovim.embedded import Neovim
from clients.neovim.versions import NEWEST, OLDEST, Version
from clients.project import sample_project, server_folders
from editor.echo_editor import echo_script

ENABLE = "lua require('phi_ls').enable()\n"

StartNeovim = Callable[..., Neovim]
"""The fixture `neovim`: answers of a scripted model, or none for the built-in one; keywords as Neovim takes them."""


@pytest.fixture(params=[NEWEST, OLDEST], ids=lambda version: version.number)
def version(request: pytest.FixtureRequest) -> Version:
    """Each of the versions in turn."""
    found: Version = request.param
    return found


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Make a project with one file, and return the file."""
    return lambda text, name="sample.py": sample_project(tmp_path, text, name)


@pytest.fixture
def neovim(tmp_path: Path, version: Version, nothing_left: None) -> Iterator[StartNeovim]:  # noqa: F811
    """Start Neovim with the plugin; at the end it is gone, and with it the server and what that had started."""
    with ExitStack() as stack:

        def start(
            *answers: dict[str, Any],
            settings: str = "",
            before: str = "",
            enable: bool = True,
            offers: bool = False,
            **more: Any,
        ) -> Neovim:
            variables = server_folders(tmp_path)
            if answers:
                settings += '\nengine = "echo"\n'
                variables["PHI_LS_ECHO_SCRIPT"] = str(echo_script(tmp_path, answers))
            Path(variables["PHI_LS_CONFIG"]).write_text(f"offerModel = {str(offers).lower()}\n{settings}", "utf-8")
            made = Neovim(version, tmp_path, variables, before=before + (ENABLE if enable else ""), **more)
            return stack.enter_context(made)

        yield start
