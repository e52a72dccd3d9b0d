"""Isolated environments for engines whose packages clash with ours: where they lie, and whether they are whole.

One folder each, `ENGINE-KEY`, below a folder that the caller names; `build` makes them.
"""

from __future__ import annotations

import contextlib
import enum
import json
import os
import re
import shutil
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from phi_providers.environments.lock import locked
from phi_providers.environments.recipes import EnvironmentFailed, Recipe

READY = "ready.json"
"""Written last, with the packages that are in it."""


class State(str, enum.Enum):
    """What is in an environment's folder."""

    ABSENT = "absent"
    BROKEN = "broken"
    """Making it was interrupted, or something in it has gone since."""
    READY = "ready"


def folder_of(root: Path, recipe: Recipe) -> Path:
    """Return the folder of this recipe's environment."""
    return root / f"{recipe.engine}-{recipe.key}"


def python_of(folder: Path) -> Path:
    """Return an environment's interpreter."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def state(folder: Path) -> State:
    """Look at an environment without starting anything in it."""
    if not folder.is_dir():
        return State.ABSENT
    try:
        recorded = json.loads((folder / READY).read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError, TypeError):
        return State.BROKEN
    # A dangling link is what an upgrade of the system's Python leaves.
    whole = os.access(python_of(folder), os.X_OK) and recorded == installed(folder)
    return State.READY if whole else State.BROKEN


def interpreter(root: Path, recipe: Recipe) -> str:
    """Return what `Load.python` takes; empty unless the environment is whole."""
    folder = folder_of(root, recipe)
    return str(python_of(folder)) if state(folder) is State.READY else ""


def seal(folder: Path) -> None:
    """Write down that the environment is whole."""
    text = json.dumps({"packages": installed(folder)}, indent=1)
    (folder / READY).write_text(text, "utf-8")


def installed(folder: Path) -> list[str]:
    """Return the packages in an environment, by the records that their installation wrote last."""
    return sorted(path.parent.name for path in site_packages(folder).glob("*.dist-info/RECORD"))


def drop_unfinished(folder: Path) -> None:
    """Take the record of a package whose files are not all there, so that pip installs it over them.

    pip writes INSTALLER when it has copied the last file; without it, it would still take the package for installed.
    """
    for record in site_packages(folder).glob("*.dist-info"):
        if not (record / "INSTALLER").exists():
            shutil.rmtree(record)


def site_packages(folder: Path) -> Path:
    """Return the folder of an environment's packages; one that does not exist if there is none."""
    if sys.platform == "win32":
        return folder / "Lib" / "site-packages"
    found = sorted((folder / "lib").glob("python3.*/site-packages"))
    return found[-1] if found else folder / "lib" / "site-packages"


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder, also while others write there; links are not followed."""
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # gone since
                size += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118  # 20,000 files
    return size


def remove(root: Path, engine: str, *, keep: Path | None = None) -> list[Path]:
    """Remove an engine's environments, those of older recipes included; return which. Raises EnvironmentFailed."""
    gone = []
    for folder in others(root, engine, keep):
        try:
            with _nobody_builds(root / f"{folder.name}.lock"):
                # First, so that one which is only half removed is not taken for a whole one.
                (folder / READY).unlink(missing_ok=True)
                shutil.rmtree(folder)
        except OSError as exc:
            raise EnvironmentFailed(
                f"{folder} cannot be removed ({exc.strerror}); end the programs that use it, then try again"
            ) from exc
        gone.append(folder)
    return gone


def others(root: Path, engine: str, keep: Path | None) -> list[Path]:
    """Return the folders of an engine's environments, whole or not, but for the one to keep."""
    name = re.compile(re.escape(engine) + r"-[0-9a-f]{12}")
    found = sorted(root.glob(f"{engine}-*")) if root.is_dir() else []
    return [each for each in found if name.fullmatch(each.name) and each != keep and not each.is_symlink()]


def _nobody_builds(lock: Path) -> AbstractContextManager[None]:
    return locked(lock) if lock.exists() else contextlib.nullcontext()
