"""One file per server in the state folder, for `phi-ls status`."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from pathlib import Path
from typing import Any

import psutil

from phi_ls import folders

log = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024


class StatusFile:
    """This server's file. A folder that cannot be written costs the file and one line in the log, nothing else."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._failed = False
        try:
            folder = folders.private_dir(folders.state_dir() / "servers")
            self._path = folder / f"{os.getpid()}.json"
        except OSError as exc:
            log.warning("no status file: %s", exc)

    def write(self, status: dict[str, Any]) -> None:
        """Replace the content."""
        if self._path is None:
            return
        content = {"pid": os.getpid(), "started": psutil.Process().create_time(), "status": status}
        try:
            folders.write_private(self._path, json.dumps(content).encode())
            self._failed = False
        except OSError as exc:
            # Tried again at the next change: on Windows a reader of the file is enough to be refused.
            if not self._failed:
                log.warning("no status file: %s", exc)
            self._failed = True

    def remove(self) -> None:
        """The server ends."""
        if self._path is not None:
            _remove(self._path)
            self._path = None


def running_servers() -> list[dict[str, Any]]:
    """Return `{pid, started, status}` of every server of this user that is alive; files of dead ones are removed."""
    found = []
    for path in sorted((folders.state_dir() / "servers").glob("*.json")):
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
