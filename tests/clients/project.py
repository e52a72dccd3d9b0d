"""A project to be edited, the folders that a server may write to, and the server under test."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SERVER = (sys.executable, "-m", "phi_ls", "--stdio")

READY_S = 180.0
"""For a server to start and to load the built-in model, on a busy machine."""

SAMPLE = '''\
"""A cache that forgets what was used least recently."""

from collections import OrderedDict


class Cache:
    """Keeps the entries that were used last."""

    def __init__(self, name, size):
        self.name = name
        self.size = size
        self.entries = OrderedDict()

    def __setitem__(self, key, value):
        self.entries[key] = value
        while len(self.entries) > self.size:
            self.entries.popitem(last=False)
'''
"""A file of which the built-in model has something to say."""


def server_folders(folder: Path) -> dict[str, str]:
    """Return the variables that move everything of phi-ls below a folder."""
    return {f"PHI_LS_{name}": str(folder / name.lower()) for name in ("CACHE_DIR", "STATE_DIR", "DATA_DIR", "CONFIG")}


def quiet_folders(folder: Path) -> dict[str, str]:
    """Return the same variables, and have the server not ask at its start whether to fetch a model."""
    variables = server_folders(folder)
    Path(variables["PHI_LS_CONFIG"]).write_text("offerModel = false\n", "utf-8")
    return variables


def sample_project(folder: Path, text: str = SAMPLE, name: str = "cache.py") -> Path:
    """Make a project with one file, and return the file."""
    file = folder / "project" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / ".git").mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def suggested(file: Path, line: int, column: int, variables: dict[str, str]) -> str:
    """Return what the command line suggests at a place, counted from 1: what an editor is to insert there."""
    words = [sys.executable, "-m", "phi_ls", "complete", f"{file}:{line}:{column}", "--json"]
    done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=120, check=False)
    return str(json.loads(done.stdout)["text"])


def running(variables: dict[str, str]) -> list[dict[str, Any]]:
    """Return what `phi-ls status` says of each server that uses the folders of these variables."""
    words = [sys.executable, "-m", "phi_ls", "status", "--json"]
    done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=120, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def until_ready(variables: dict[str, str], servers: int = 1) -> None:
    """Wait until so many servers have loaded their models, and so know all that an editor says at the start."""
    end = time.monotonic() + READY_S
    while sum(_is_ready(server) for server in running(variables)) < servers:
        assert time.monotonic() < end, "no server has become ready"


def _is_ready(server: dict[str, Any]) -> bool:
    return any(worker["state"] == "ready" for worker in server["status"]["workers"])
