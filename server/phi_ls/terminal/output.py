"""What the commands write: to stdout what was asked for, to stderr what must be said about it."""

from __future__ import annotations

import contextlib
import errno
import sys

from phi_ls.layers import printable
from phi_ls.markdown_text import clean

LEFT = (errno.EPIPE, errno.ESHUTDOWN, errno.EINVAL)
"""What writing to a pipe that nobody reads fails with; Windows says EINVAL."""


class ReaderGone(Exception):
    """Whoever read our stdout has closed it, like `head` after its last line."""


def set_up() -> None:
    """Let no character that the terminal's encoding lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def write(text: str) -> None:
    """Write at once, without a line end; raises ReaderGone, or OSError when the disk is full."""
    if sys.stdout is None:
        raise ReaderGone
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as exc:
        if exc.errno in LEFT:
            raise ReaderGone from exc
        raise


def write_piece(text: str) -> None:
    """Write a piece of what a model says: spaces and line ends stay, characters that drive a terminal go."""
    write(clean(text))


def note(text: str) -> None:
    """Say one line on stderr; where there is none, nothing is said."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stderr.write(f"phi-ls: {printable(text, 500)}\n")
        sys.stderr.flush()
