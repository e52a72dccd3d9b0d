"""Answers like llama-server, over HTTP and a token at a time.

`python llama_stand_in.py SCRIPT …`: the first line of the file SCRIPT is the answer's tokens, as JSON. If there is a
second one, the server writes the first token, makes the file SCRIPT.begun and waits until its reader has gone. Then it
answers the next request.
"""

from __future__ import annotations

import json
import select
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SCRIPT = Path(sys.argv[1])
LEFT = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """The two requests that the peer's client makes."""

    def do_GET(self) -> None:
        """Say that the server is ready."""
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        """Complete."""
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if SCRIPT.with_suffix(".begun").exists():
            LEFT.wait()
        tokens, *hold = [json.loads(line) for line in SCRIPT.read_text("utf-8").splitlines()]
        self.send_response(200)
        self.end_headers()
        for number, token in enumerate(tokens[: order["n_predict"]]):
            timings = {"cache_n": 4, "prompt_n": len(order["prompt"]) - 4, "predicted_n": number + 1}
            event = {"content": token, "tokens": [number], "timings": timings}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()
            if hold and not LEFT.is_set():
                SCRIPT.with_suffix(".begun").touch()
                select.select([self.connection], [], [])
                LEFT.set()
                return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


port = int(sys.argv[sys.argv.index("--port") + 1])
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
