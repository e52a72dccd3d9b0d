"""A lock between processes, on an open file; the system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from typing import BinaryIO

_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class Held(OSError):
    """Another process holds the lock."""


def lock(file: BinaryIO, *, wait: bool) -> None:
    """Lock the file until it is closed; raises Held when another process has it, with `wait` after a while.

    On Windows waiting ends after ten seconds; elsewhere it does not end. A file system that knows no locks raises
    another OSError.
    """
    try:
        _lock(file, wait=wait)
    except OSError as exc:
        if exc.errno in _HELD:
            raise Held(exc.errno, "another process is at it") from exc
        raise


def lock_when_free(file: BinaryIO, waiting: Callable[[], None]) -> None:
    """Lock the file however long another process holds it; calls `waiting` once if one does. Raises OSError."""
    try:
        lock(file, wait=False)
    except Held:
        waiting()
        while not _taken(file):
            pass


def _taken(file: BinaryIO) -> bool:
    try:
        lock(file, wait=True)
    except Held:  # ten seconds on Windows
        return False
    return True


def _lock(file: BinaryIO, *, wait: bool) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
