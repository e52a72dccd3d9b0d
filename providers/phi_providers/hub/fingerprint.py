"""Compares a fetched file with what was published of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from phi_providers.hub.failures import Cancelled
from phi_providers.hub.listing import PublishedFile

BLOCK = 1 << 20


def differs(path: Path, file: PublishedFile, cancelled: threading.Event, moved: Callable[[int], None]) -> str:
    """Return how a file differs from what was published; empty when it is the same, byte for byte.

    `moved` hears of each number of bytes that were read. Raises Cancelled, or OSError where the file cannot be read.
    """
    size = path.stat().st_size
    if size != file.size:
        return f"{file.name} has {size} bytes instead of {file.size}"
    sha256 = hashlib.sha256()
    # Git's own name for a content: not a matter of taste, and what the hub publishes for small files.
    git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            if cancelled.is_set():
                raise Cancelled
            if file.sha256:
                sha256.update(block)
            if file.git:
                git.update(block)
            moved(len(block))
    if (file.sha256 and sha256.hexdigest() != file.sha256) or (file.git and git.hexdigest() != file.git):
        return f"{file.name} is not what was published: its fingerprint is another one"
    return ""
