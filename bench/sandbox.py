"""A folder of their own for the measured servers, and the commands that start them."""

from __future__ import annotations

import compileall
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import phi_ls
import phi_providers
from bench.editor import Editor

SERVER = (sys.executable, "-m", "phi_ls")
BARE = (sys.executable, str(Path(__file__).with_name("bare_server.py")))


class Sandbox:
    """Cache, state and settings of the server lie here and not with the user's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def env(self, **more: str) -> dict[str, str]:
        """Return the environment of a server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PHI_LS_")}
        own = {f"PHI_LS_{name}_DIR": str(self.folder / name.lower()) for name in ("CACHE", "STATE", "DATA")}
        return {**kept, **own, "PHI_LS_CONFIG": str(self.folder / "config.toml"), **more}

    def server(self, **more: str) -> Editor:
        """Start phi-ls."""
        return Editor(SERVER, env=self.env(**more), cwd=self.folder)

    def bare_server(self) -> Editor:
        """Start a pygls server without any feature."""
        return Editor(BARE, env=self.env(), cwd=self.folder)

    def echo_server(self, script: Mapping[str, Any]) -> Editor:
        """Start phi-ls with the engine that answers from a script, at once, and say hello."""
        path = self.folder / "echo.json"
        path.write_text(json.dumps(script), encoding="utf-8")
        editor = self.server(PHI_LS_ECHO_SCRIPT=str(path))
        editor.initialize({"engine": "echo"})
        return editor

    def uri(self, name: str) -> str:
        """Return the URI of a document that need not exist."""
        return (self.folder / name).as_uri()


@contextlib.contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Make a sandbox and remove it in the end. The packages are compiled to bytecode, as an installer does."""
    for package in (phi_ls, phi_providers):
        compileall.compile_dir(Path(str(package.__file__)).parent, quiet=1)
    with tempfile.TemporaryDirectory(prefix="phi-ls-bench-", ignore_cleanup_errors=True) as folder:
        yield Sandbox(Path(folder).resolve())
