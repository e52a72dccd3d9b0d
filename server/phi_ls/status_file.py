"""One file per server in the state folder, for `phi-ls status`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from phi_ls import folders

log = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024


class StatusFile:
    """This server's file. A folder that cannot be written costs the file and one line in the log, nothing else."""

    def __init__(self, folder: Path | None = None) -> None:
        """Write nothing yet; `folder` instead of the one for all servers of this user."""
        self._folder = folder
        self._started = psutil.Process().create_time()
        self._lock = threading.Lock()
        """`write` and `remove` are called from different threads."""
        self._path: Path | None = None
        self._failed = self._removed = False

    def write(self, status: dict[str, Any]) -> None:
        """Replace the content. Takes a few milliseconds, far more on a disk that is busy or far away."""
        content = {"pid": os.getpid(), "started": self._started, "status": status}
        with self._lock:
            if self._removed:
                return
            try:
                self._path = self._path or folders.private_dir(self._folder or _folder()) / f"{os.getpid()}.json"
                folders.write_private(self._path, json.dumps(content).encode())
                self._failed = False
            except OSError as exc:
                # Tried again at the next change: on Windows a reader of the file is enough to be refused.
                if not self._failed:
                    log.warning("no status file: %s", exc)
                self._failed = True

    def remove(self) -> None:
        """The server ends; nothing is written after this."""
        with self._lock:
            self._removed = True
            if self._path is not None:
                _remove(self._path)


class NewestInBackground:
    """Hands values to a slow function in a thread, one at a time; of those that come meanwhile, the newest alone."""

    def __init__(self, write: Callable[[dict[str, Any]], None]) -> None:
        self._write = write
        self._next: dict[str, Any] | None = None
        self._busy = False

    def put(self, value: dict[str, Any]) -> None:
        """Have this written soon; returns at once. To be called from the event loop."""
        self._next = value
        if not self._busy:
            self._start(value)

    def _start(self, value: dict[str, Any]) -> None:
        self._next, self._busy = None, True
        asyncio.get_running_loop().run_in_executor(None, self._write, value).add_done_callback(self._done)

    def _done(self, _: object) -> None:
        self._busy = False
        if self._next is not None:
            self._start(self._next)


def _folder() -> Path:
    return folders.state_dir() / "servers"


def running_servers() -> list[dict[str, Any]]:
    """Return `{pid, started, status}` of every server of this user that is alive; files of dead ones are removed."""
    found = []
    for path in sorted(_folder().glob("*.json")):
        try:
            content = json.loads(folders.read_regular(path, MAX_BYTES))
            alive = psutil.Process(content["pid"]).create_time() == content["started"]
        except psutil.Error:
            alive = False
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if alive:
            found.append(content)
        else:
            _remove(path)
    return found


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
