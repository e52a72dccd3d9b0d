"""Neovim and Emacs on the same file at once, each with its own server and all servers with the same folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import psutil
from clients.emacs import emacs
from clients.neovim.embedded import Neovim
from clients.neovim.versions import NEWEST
from clients.project import quiet_folders
from clients.readme import configuration
from clients.terminal import Terminal

NEOVIM = "lua require('phi_ls').enable()\n"
EMACS = """
(global-set-key (kbd "<f5>") (lambda () (interactive) (set-buffer-modified-p nil) (kill-emacs)))
"""
F5 = "\x1b[15~"


def variables(folder: Path) -> dict[str, str]:
    """Return what both editors have in common."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, **quiet_folders(folder), "HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": path}


def neovim(folder: Path) -> Neovim:
    """Return Neovim with the plugin, to be entered."""
    return Neovim(NEWEST, folder, quiet_folders(folder), before=NEOVIM)


def emacs_beside(folder: Path, file: Path, line: int) -> Terminal:
    """Start Emacs with the plugin at a line of the file."""
    init = folder / "init.el"
    init.write_text(EMACS + configuration("emacs", "elisp"), "utf-8")
    words = [*emacs.emacs(), "-nw", f"--directory={emacs.PLUGIN}", f"--load={init}", f"+{line}", str(file)]
    return Terminal(words, {**emacs.variables(folder), **variables(folder)}, file.parent)


def server_below(editor: psutil.Process, servers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one server that an editor has started."""
    below = {process.pid for process in editor.children(recursive=True)}
    (found,) = [server for server in servers if server["pid"] in below]
    return found
