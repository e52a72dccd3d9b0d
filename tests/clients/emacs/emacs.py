"""A current Emacs from Debian's sid, unpacked beside the system."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from clients.installed import command, unpacked

PLUGIN = Path(__file__).parents[3] / "editor-clients" / "emacs"
TESTS = Path(__file__).parent

QUIET = """
(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil inhibit-startup-screen t
      auto-save-default nil create-lockfiles nil make-backup-files nil)
"""
"""To compile, Emacs would start itself, which it cannot do without the loader of its own C library."""


@cache
def emacs() -> list[str]:
    """Return the words that start Emacs without anybody's init file."""
    root = _root()
    dump = next(root.glob("usr/libexec/emacs/*/*/*.pdmp"))
    started = [*command(root, "usr/bin/emacs-nox"), f"--dump-file={dump}", "--no-init-file", "--no-site-file"]
    return [*started, f"--eval={QUIET}"]


def lsp_mode() -> list[str]:
    """Return the arguments that let Emacs find lsp-mode and what it needs."""
    folders = sorted(path for path in _root().glob("usr/share/emacs/site-lisp/elpa-src/*") if path.is_dir())
    return [f"--directory={folder}" for folder in folders]


def variables(folder: Path) -> dict[str, str]:
    """Return the environment for Emacs, with everything that it or a server writes in a folder."""
    root = _root()
    share = next(path for path in root.glob("usr/share/emacs/*") if (path / "lisp").is_dir())
    lisp = [str(path) for path in (share / "lisp", *(share / "lisp").rglob("*")) if path.is_dir()]
    return {
        **os.environ,
        "EMACSDATA": str(share / "etc"),
        "EMACSDOC": str(share / "etc"),
        "EMACSLOADPATH": os.pathsep.join(lisp),
        "EMACSPATH": str(next(root.glob("usr/libexec/emacs/*/*"))),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }


def _root() -> Path:
    return unpacked("emacs", "sid", ["emacs-nox", "elpa-lsp-mode"])
