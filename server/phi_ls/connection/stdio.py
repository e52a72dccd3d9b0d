"""The process's own stdin and stdout, taken out of everybody else's reach."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Callable

CHUNK_BYTES = 64 * 1024
STALLED_S = 10.0


def claim() -> tuple[int, int]:
    """Return private descriptors for the editor's pipes.

    Descriptor 0 becomes the null device, so that no child can read the editor's messages; descriptor 1 and `sys.stdout`
    become stderr, so that a stray print, ours or a native library's, cannot get between two messages.
    """
    reader, writer = os.dup(0), os.dup(1)
    for descriptor in (reader, writer):
        _make_plain(descriptor)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # started without a stderr
        os.dup2(null, 1)
    os.close(null)
    sys.stdout = sys.stderr
    return reader, writer


def reading(descriptor: int, on_stall: Callable[[], None], stalled_s: float = STALLED_S) -> Callable[[bool], bytes]:
    """Return a blocking read for a FrameReader; `on_stall` is called once if a message stays incomplete for so long.

    On Windows a pipe cannot be waited for with a timeout, and nothing is reported.
    """
    reported = False

    def read(begun: bool) -> bytes:
        nonlocal reported
        if begun and not reported and sys.platform != "win32" and not select.select([descriptor], [], [], stalled_s)[0]:
            reported = True
            on_stall()
        try:
            return os.read(descriptor, CHUNK_BYTES)
        except OSError:
            return b""

    return read


def _make_plain(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(descriptor, os.O_BINARY)
    else:
        with contextlib.suppress(OSError):
            os.set_blocking(descriptor, True)
