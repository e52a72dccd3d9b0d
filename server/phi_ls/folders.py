"""Where configuration, caches, data and state lie, and how private files are written there."""

from __future__ import annotations

import logging
import os
import stat
import sys
import tempfile
from pathlib import Path

import platformdirs

log = logging.getLogger(__name__)

APP = "phi-ls"


class UnsafeFolder(OSError):
    """The folder is not a real directory of this user's own; the caller goes on without it."""


def cache_dir() -> Path:
    """Where what can be made again lies: answers, compiled models."""
    return _moved("PHI_LS_CACHE_DIR") or platformdirs.user_cache_path(APP, appauthor=False)


def answers_dir() -> Path:
    """Where answers are kept, for the next time that the same is asked."""
    return cache_dir() / "answers"


def data_dir() -> Path:
    """Where installed models lie."""
    return _moved("PHI_LS_DATA_DIR") or platformdirs.user_data_path(APP, appauthor=False)


def models_dir() -> Path:
    """Where models lie that were fetched or made on this machine, each in a folder of its id."""
    return data_dir() / "models"


def environments_dir() -> Path:
    """Where engines' own environments lie: they are data, because making one again takes a long download."""
    return data_dir() / "environments"


def worker_home() -> Path:
    """Return a private folder for what engines write into a home of their own; the user's stays clean."""
    path = cache_dir() / "worker-home"
    try:
        return private_dir(path)
    except OSError as exc:
        # No cache folder, no home: engines get by without one, and nobody must fail for it.
        log.warning("%s; workers run without a home folder", exc)
        return path


def state_dir() -> Path:
    """Where status files, logs and measurements lie."""
    return _moved("PHI_LS_STATE_DIR") or platformdirs.user_state_path(APP, appauthor=False)


def config_file() -> Path:
    """The user's own configuration; `PHI_LS_CONFIG` names the file, or a folder that holds `config.toml`."""
    moved = _moved("PHI_LS_CONFIG")
    if moved is None:
        return platformdirs.user_config_path(APP, appauthor=False) / "config.toml"
    return moved / "config.toml" if moved.is_dir() else moved


def _moved(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser().absolute() if value else None


def private_dir(path: Path) -> Path:
    """Make the folder, readable by its owner alone under any umask, and return it; raises UnsafeFolder."""
    try:
        for folder in reversed([path, *path.parents]):
            _make(folder)
        found = path.lstat()
    except OSError as exc:
        raise UnsafeFolder(f"{path} cannot be made: {exc.strerror}") from exc
    problem = _problem(found)
    if problem:
        raise UnsafeFolder(f"{path} {problem}; it is not used")
    return path


def _make(folder: Path) -> None:
    try:
        folder.mkdir(0o700)
    except FileExistsError:
        return
    except OSError:
        if folder.is_dir():  # a drive or a read-only parent that exists already
            return
        raise
    folder.chmod(0o700)  # a umask of 0777 has just taken away the owner's own access


def _problem(found: os.stat_result) -> str:
    if not stat.S_ISDIR(found.st_mode):
        return "is not a directory of its own"  # a symbolic link is none either: lstat
    if sys.platform == "win32":
        # Junctions are reparse points that lstat still calls directories; access is the profile folder's matter.
        return "is a junction" if getattr(found, "st_reparse_tag", 0) else ""
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    return "can be written by other users" if found.st_mode & 0o022 else ""


def write_private(path: Path, content: bytes) -> None:
    """Replace the file in one step by one that its owner alone can read; raises OSError and leaves the old one."""
    # mkstemp: O_EXCL and O_NOFOLLOW, 0600 less the umask. The rename replaces a symbolic link, never its target.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), 0o600)
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_regular(path: Path, max_bytes: int, *, follow: bool = False) -> bytes:
    """Return a regular file's content; raises OSError for a link, a device, a pipe, or more than `max_bytes`."""
    # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever. All checks are made on the open file.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    if not follow:
        if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():  # Windows cannot refuse while it opens
            raise OSError(f"{path.name} is not a regular file")
        flags |= getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{path.name} is not a regular file")
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise OSError(f"{path.name} is larger than {max_bytes} bytes")
    return content
