"""A lock between processes, on an open file; the system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import sys
from typing import BinaryIO


def lock(file: BinaryIO, *, wait: bool) -> None:
    """Lock the file until it is closed; raises OSError when another process holds it, with `wait` after a while.

    On Windows waiting ends after ten seconds; elsewhere it does not end.
    """
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
