"""The folders that phi-ls writes to, looked at without making them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from phi_ls import folders


@dataclass(frozen=True, kw_only=True)
class FolderReport:
    """One folder, or the file of the user's settings."""

    name: str
    path: str
    exists: bool
    writable: bool
    private: bool
    """Nobody else can read it; true for what does not exist yet, because it is made so."""
    problem: str
    """What is wrong with it and what to do; empty when all is well."""


def look_at_folders() -> list[FolderReport]:
    """Return where things lie."""
    return [
        _folder("cache", folders.cache_dir()),
        _folder("state", folders.state_dir()),
        _folder("data", folders.data_dir()),
        _settings_file(folders.config_file()),
    ]


def _folder(name: str, path: Path) -> FolderReport:
    exists = _exists(path)
    # What does not exist is made in the nearest folder that does.
    nearest = next(folder for folder in (path, *path.parents) if _exists(folder))
    writable = os.access(nearest, os.W_OK | os.X_OK)
    private = not exists or _private(path)
    return FolderReport(
        name=name,
        path=str(path),
        exists=exists,
        writable=writable,
        private=private,
        problem=_problem(path, nearest, writable=writable, private=private),
    )


def _problem(path: Path, nearest: Path, *, writable: bool, private: bool) -> str:
    if not nearest.is_dir():
        return f"{nearest} is not a folder; move it away"
    if not writable:
        return f"{nearest} cannot be written; change its owner or its mode, or set the folder by environment"
    if not private:
        return f"other users can read it or write to it; run `chmod 700 {path}`"
    return ""


def _settings_file(path: Path) -> FolderReport:
    exists = _exists(path)
    problem = "" if not exists or os.access(path, os.R_OK) else "it cannot be read; change its owner or its mode"
    return FolderReport(
        name="settings",
        path=str(path),
        exists=exists,
        writable=os.access(path, os.W_OK) if exists else True,
        private=not exists or _private(path),
        problem=problem,
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder above it is somebody else's
        return False


def _private(path: Path) -> bool:
    """Whether only the owner, this user, can get at it; on Windows that is the profile folder's matter."""
    if os.name == "nt":
        return True
    found = path.stat()
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077
