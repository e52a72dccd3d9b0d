"""Fetches one file, from where the last attempt ended."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import httpx2

from phi_providers.hub.answers import explained
from phi_providers.hub.failures import Cancelled, PullFailed, TryAgain
from phi_providers.hub.library import Hub
from phi_providers.hub.listing import Published, PublishedFile


def fetch(
    hub: Hub,
    source: Published,
    file: PublishedFile,
    part: Path,
    cancelled: threading.Event,
    moved: Callable[[int], None],
) -> None:
    """Append to `part` what it lacks; raises TryAgain when the transfer ends early, PullFailed, Cancelled or OSError.

    `moved` hears of each number of bytes that arrived; a negative number takes back what had to be thrown away.
    """
    have = _length(part)
    if have > file.size:
        moved(-have)
        part.unlink()
        have = 0
    if have == file.size and part.exists():
        return
    headers = hub.headers() | ({"Range": f"bytes={have}-"} if have else {})
    url = hub.address(source.entry.variant.repository, source.commit, file.path)
    with explained(file.path), hub.client().stream("GET", url, headers=headers, timeout=hub.timeout) as response:
        hub.check(response)
        start = _start(response, file, have)
        with part.open("ab") as stream:
            if start < have:
                moved(start - have)
                stream.truncate(start)
            _receive(response, stream, file, start, cancelled, moved)
            stream.flush()
            os.fsync(stream.fileno())  # the rename that installs it must not overtake its content


def _start(response: httpx2.Response, file: PublishedFile, have: int) -> int:
    """Return where in the file the answer's content begins; raises PullFailed when it is not the file at all."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise PullFailed(f"a web page came instead of {file.name} (a network's login page?); open one in a browser")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise PullFailed(f"{file.name} came compressed, which was not asked for; check your proxy")
    start = have if response.status_code == 206 else 0
    if response.status_code == 206:
        span = response.headers.get("content-range", "")
        if span.replace(" ", "").lower() != f"bytes{have}-{file.size - 1}/{file.size}":
            raise PullFailed(f"the hub sent {span[:60]!r} of {file.name}, which was not asked for; check your proxy")
    elif response.status_code != 200:
        raise PullFailed(f"the hub answers {response.status_code} for {file.name}")
    length = response.headers.get("content-length", "")
    if length and length != str(file.size - start):
        raise PullFailed(f"{file.name} should have {file.size} bytes, the hub sends {start} and {length[:20]}")
    return start


def _receive(
    response: httpx2.Response,
    stream: BinaryIO,
    file: PublishedFile,
    start: int,
    cancelled: threading.Event,
    moved: Callable[[int], None],
) -> None:
    position = start
    # In pieces as they come: gathered to larger ones, the last would be lost when the connection breaks.
    for block in response.iter_raw():
        if cancelled.is_set():
            raise Cancelled
        position += len(block)
        if position > file.size:
            raise PullFailed(f"the hub sends more than the {file.size} bytes of {file.name}")
        stream.write(block)
        moved(len(block))
    if position < file.size:
        raise TryAgain(f"{file.name} ended after {position} of {file.size} bytes")


def _length(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0
