"""An HTTP server on loopback that misbehaves as a test wants it; good behaviour is tested with real ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Deed = Callable[["Handler", dict[str, Any]], None]


def event(text: str, **more: Any) -> bytes:
    """Return an event that brings text."""
    return b"data: " + json.dumps({"choices": [{"text": text, "index": 0, **more}]}).encode() + b"\n\n"


class Handler(BaseHTTPRequestHandler):
    """Notes each request and does the script's deed for it."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """List one model."""
        self.server.seen.append((self.path, dict(self.headers), {}))
        self.reply(200, b'{"data": [{"id": "the-model"}]}')

    def do_POST(self) -> None:
        """Answer the warm-up, then do the deed."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, dict(self.headers), body))
        first = len(self.server.posts()) == 1 and self.server.script.warm_up
        (warm_up if first else self.server.script.deed)(self, body)

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        """Send a whole reply."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        """Begin a stream that ends with the connection."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def wait_for_the_end(self) -> None:
        """Wait until the other side has closed the connection."""
        self.rfile.read(1)
        self.server.script.left.set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def warm_up(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    handler.wfile.write(event("pass") + event("\n", finish_reason="length") + b"data: [DONE]\n\n")


@dataclass
class Script:
    """What the server does after the warm-up."""

    deed: Deed = warm_up
    warm_up: bool = True
    left: threading.Event = field(default_factory=threading.Event)
    """Set when a client has left a stream."""


class Server(ThreadingHTTPServer):
    """The server; its threads end with their connections."""

    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    @property
    def url(self) -> str:
        """The address of the interface."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def posts(self) -> list[tuple[str, dict[str, str], dict[str, Any]]]:
        """Return the requests for completions."""
        return [each for each in self.seen if each[2]]


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    """Serve until the end of the block."""
    with Server(script) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
