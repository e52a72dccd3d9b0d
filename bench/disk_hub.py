"""A hub of models on this machine that serves one folder from disk, so that what is measured is the fetching."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LARGE = 10_000_000
"""Bytes from which on the hub publishes a sha256, and the id of a git blob below."""


class Hub(ThreadingHTTPServer):
    """Has one repository at one commit."""

    daemon_threads = True

    def __init__(self, repository: str, folder: Path, names: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repository = repository
        self.folder = folder
        self.files = {name: _published(folder / name) for name in names}
        self.commit = hashlib.sha1(json.dumps(self.files).encode()).hexdigest()

    @property
    def address(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def about(self) -> dict[str, Any]:
        """Return what the hub says of the repository."""
        siblings = [{"rfilename": name, **facts} for name, facts in self.files.items()]
        return {"id": self.repository, "sha": self.commit, "private": False, "tags": [], "siblings": siblings}


@contextlib.contextmanager
def serving(repository: str, folder: Path, names: Sequence[str]) -> Iterator[Hub]:
    """Serve these files of a folder as a repository; each is read once before, for its fingerprint."""
    with Hub(repository, folder, names) as hub:
        thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield hub
        hub.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: Hub

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer: the list of files, or one of them."""
        path = unquote(urlsplit(self.path).path).strip("/")
        name = path.removeprefix(f"{self.server.repository}/resolve/{self.server.commit}/")
        if path.startswith(f"api/models/{self.server.repository}/"):
            self._send_list()
        elif name in self.server.files:
            self._send_file(name)
        else:
            self.send_error(404)

    def _send_list(self) -> None:
        body = json.dumps(self.server.about()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, name: str) -> None:
        size = self.server.files[name]["size"]
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(size - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        with (self.server.folder / name).open("rb") as file, contextlib.suppress(ConnectionError):
            file.seek(start)
            shutil.copyfileobj(file, self.wfile, 1 << 20)


def _published(file: Path) -> dict[str, Any]:
    """Return size and fingerprint of a file."""
    size = file.stat().st_size
    if size < LARGE:
        return {"size": size, "blobId": _digest(hashlib.sha1(b"blob %d\0" % size), file)}
    sha256 = _digest(hashlib.sha256(), file)
    return {"size": size, "blobId": sha256[:40], "lfs": {"sha256": sha256, "size": size, "pointerSize": 134}}


def _digest(digest: Any, file: Path) -> str:
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return str(digest.hexdigest())
