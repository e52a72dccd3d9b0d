"""A hub of models on this machine: a real HTTP server with the hub's endpoints, and with all that goes wrong there."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = 100_000
"""Bytes from which on a file is kept outside git, with its sha256, on another path of the server."""

BLOCK = 16 * 1024


@dataclass
class Repository:
    """Files at one commit."""

    files: dict[str, bytes]
    license: str = "mit"
    links: dict[str, str] = field(default_factory=dict)
    """Path → target of symbolic links, which are blobs with the target as their content."""

    @property
    def commit(self) -> str:
        """Another one for other files."""
        return hashlib.sha1(
            repr(sorted((path, sha256(data)) for path, data in self.files.items())).encode()
        ).hexdigest()

    def contents(self) -> dict[str, bytes]:
        """Return all blobs by path."""
        return self.files | {path: target.encode() for path, target in self.links.items()}


Answer = Callable[["Handler", bytes], None]
"""Answers one request for a file's content instead of the server."""


class LocalHub:
    """The server: what it has, how it misbehaves, and what it was asked."""

    def __init__(self) -> None:
        self.repositories: dict[str, list[Repository]] = {}
        """Newest last."""
        self.faults: dict[str, list[Answer]] = {}
        """Name of a file, or `list` for the list of files → how the next requests are answered."""
        self.served: Counter[str] = Counter()
        """Bytes of content that were sent, by path."""
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and headers of every request."""
        self.elsewhere = ""
        """The address that clients know it by, if that is another one."""
        self.published: Callable[[dict[str, Any]], dict[str, Any]] = lambda info: info
        """Changes what is said about a repository."""
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.hub = self  # type: ignore[attr-defined]

    @property
    def address(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def asked(self, path_part: str) -> list[tuple[str, str, dict[str, str]]]:
        """Return the requests for such paths."""
        return [request for request in self.requests if path_part in request[1]]

    def find(self, repository: str, revision: str) -> Repository | None:
        """Return a repository at a commit or a branch."""
        known = self.repositories.get(repository, [])
        if revision == "main":
            return known[-1] if known else None
        return next((each for each in known if each.commit == revision), None)


@contextmanager
def local_hub() -> Iterator[LocalHub]:
    """Run a hub."""
    hub = LocalHub()
    thread = threading.Thread(target=hub.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()
    thread.join()


class Server(ThreadingHTTPServer):
    """Has nothing to say about clients that have gone."""

    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """Stay silent."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> LocalHub:
        """The hub that this belongs to."""
        hub: LocalHub = self.server.hub  # type: ignore[attr-defined]
        return hub

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def do_HEAD(self) -> None:
        """Answer without the content."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer."""
        # A proxy is asked for whole addresses.
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append((self.command, path, dict(self.headers.items())))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self._list("/".join(parts[2:4]), parts[5] if parts[4:5] == ["revision"] else "main")
        elif parts[:1] == ["large"]:
            self._content(path, self._large(parts[1]), parts[-1])
        elif parts[2:3] == ["resolve"]:
            self._resolve(path, "/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self.reply(404, b"not here")

    def _list(self, name: str, revision: str) -> None:
        repository = self.hub.find(name, revision)
        if faults := self.hub.faults.get("list"):
            faults.pop(0)(self, b"{}")
        elif repository is None:
            known = name in self.hub.repositories
            self.reply(404, b"{}", {"X-Error-Code": "RevisionNotFound" if known else "RepoNotFound"})
        else:
            blobs = "true" in [value.lower() for value in parse_qs(urlsplit(self.path).query).get("blobs", [])]
            info = self.hub.published(listed(name, repository, blobs))
            self.reply(200, json.dumps(info).encode(), {"Content-Type": "application/json"})

    def _resolve(self, path: str, name: str, revision: str, file: str) -> None:
        repository = self.hub.find(name, revision)
        data = repository.contents().get(file) if repository else None
        if repository is None or data is None:
            self.reply(404, b"", {"X-Error-Code": "RevisionNotFound" if repository is None else "EntryNotFound"})
            return
        about = {"X-Repo-Commit": repository.commit, "Accept-Ranges": "bytes"}
        if len(data) < LARGE:
            self._content(path, data, file.rpartition("/")[2], {**about, "ETag": f'"{git_id(data)}"'})
            return
        linked = {"X-Linked-ETag": f'"{sha256(data)}"', "X-Linked-Size": str(len(data))}
        place = f"/large/{sha256(data)}/{file.rpartition('/')[2]}"
        self.reply(302, b"", {**about, **linked, "Location": f"{self.hub.elsewhere or self.hub.address}{place}"})

    def _large(self, digest: str) -> bytes:
        everything = (
            data for known in self.hub.repositories.values() for each in known for data in each.files.values()
        )
        return next(data for data in everything if sha256(data) == digest)

    def _content(self, path: str, data: bytes, name: str, headers: dict[str, str] | None = None) -> None:
        faults = self.hub.faults.get(name)
        if faults and self.command == "GET":
            faults.pop(0)(self, data)
        else:
            self.content(data, headers)

    def content(self, data: bytes, headers: dict[str, str] | None = None, *, ends_after: int | None = None) -> None:
        """Send a file, or the range of it that was asked for; `ends_after` so many bytes the connection breaks."""
        start = self.start()
        about = {"Content-Type": "application/octet-stream", **(headers or {})}
        if start:
            about["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.reply(206 if start else 200, data[start:], about, ends_after=ends_after)

    def start(self) -> int:
        """Return where the range that was asked for begins."""
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))

    def reply(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, ends_after: int | None = None
    ) -> None:
        """Send an answer with the right length, unless the headers give another."""
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.send(body if ends_after is None else body[:ends_after])
        if ends_after is not None:
            self.close_connection = True

    def send(self, body: bytes) -> None:
        """Send content and count it; who has gone gets no more."""
        path = unquote(urlsplit(self.path).path)
        try:
            for begin in range(0, len(body), BLOCK):
                self.wfile.write(body[begin : begin + BLOCK])
                self.hub.served[path.rpartition("/")[2]] += len(body[begin : begin + BLOCK])
        except OSError:
            self.close_connection = True


def listed(name: str, repository: Repository, blobs: bool) -> dict[str, Any]:
    """Return what the hub says about a repository."""
    siblings: list[dict[str, Any]] = []
    for path, data in repository.contents().items():
        sibling: dict[str, Any] = {"rfilename": path}
        if blobs:
            sibling |= {"size": len(data), "blobId": git_id(data)}
            if len(data) >= LARGE:
                pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(data)}\nsize {len(data)}\n"
                sibling["lfs"] = {"sha256": sha256(data), "size": len(data), "pointerSize": len(pointer)}
                sibling["blobId"] = git_id(pointer.encode())
        siblings.append(sibling)
    card = {"license": repository.license}
    about = {"id": name, "modelId": name, "sha": repository.commit, "private": False, "gated": False, "tags": []}
    return {**about, "downloads": 0, "likes": 0, "cardData": card, "siblings": siblings}


def sha256(data: bytes) -> str:
    """Return the fingerprint of large files."""
    return hashlib.sha256(data).hexdigest()


def git_id(data: bytes) -> str:
    """Return the fingerprint of files that git keeps itself."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
