"""The versions of Neovim that the tests run."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clients.installed import command, unpacked


@dataclass(frozen=True)
class Version:
    """One of Debian's suites, and what it has."""

    suite: str
    number: str

    @cache  # noqa: B019 - a version lives as long as the tests do
    def root(self) -> Path:
        """Return the folder in which it is unpacked."""
        return unpacked("neovim", self.suite, ["neovim"])

    def words(self) -> list[str]:
        """Return the words that start it."""
        return command(self.root(), "usr/bin/nvim")

    def variables(self, folder: Path) -> dict[str, str]:
        """Return the environment that it needs, with everything that it writes in a folder, and this `phi-ls` first."""
        share = self.root() / "usr/share/nvim"
        written = {
            f"XDG_{name}_HOME": str(folder / "xdg" / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return {"VIM": str(share), "VIMRUNTIME": str(share / "runtime"), "PATH": path, "LC_ALL": "C.UTF-8", **written}


NEWEST = Version("sid", "0.12")
"""Draws suggestions itself."""

OLDEST = Version("trixie", "0.10")
"""The oldest one that the plugin supports."""

TOO_OLD = Version("bookworm", "0.7")
