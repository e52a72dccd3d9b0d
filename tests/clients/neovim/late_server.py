"""A language server that answers late, in any order, and heeds no cancel: what a client must be able to stand.

`python late_server.py SEED SLOWEST_MS`: it suggests, for a line that reads `abc` up to the cursor, `<abc>` and
`[abc]`. So what is inserted says for which text it was meant.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from typing import Any

Json = dict[str, Any]

_writing = threading.Lock()


def _send(message: Json) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    with _writing:
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        sys.stdout.buffer.flush()


def _receive() -> Json:
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    message: Json = json.loads(sys.stdin.buffer.read(length)) if length else {"method": "exit"}
    return message


class LateServer:
    """Keeps the texts, and answers when its dice say so."""

    def __init__(self, seed: int, slowest_ms: int) -> None:
        self._dice = random.Random(seed)
        self._slowest_ms = slowest_ms
        self._lines: dict[str, list[str]] = {}

    def serve(self) -> None:
        """Work off messages until the client leaves."""
        while (message := _receive()).get("method") != "exit":
            self._take(message)

    def _take(self, message: Json) -> None:
        method, params = message.get("method", ""), message.get("params")
        if method == "textDocument/didOpen":
            self._lines[params["textDocument"]["uri"]] = params["textDocument"]["text"].split("\n")
        elif method == "textDocument/didChange":
            self._lines[params["textDocument"]["uri"]] = params["contentChanges"][-1]["text"].split("\n")
        elif method == "textDocument/inlineCompletion":
            self._suggest(message["id"], params)
        elif "id" in message and method:
            _send({"id": message["id"], "result": {"capabilities": _CAPABILITIES} if method == "initialize" else None})

    def _suggest(self, request: int, params: Json) -> None:
        position = params["position"]
        before = self._lines[params["textDocument"]["uri"]][position["line"]][: position["character"]]
        span = {"start": position, "end": position}
        items = [{"insertText": text, "range": span} for text in (f"<{before}>", f"[{before}]")]
        timer = threading.Timer(
            self._dice.randint(0, self._slowest_ms) / 1000, _send, [{"id": request, "result": {"items": items}}]
        )
        timer.daemon = True
        timer.start()


_CAPABILITIES = {"textDocumentSync": {"openClose": True, "change": 1}, "inlineCompletionProvider": True}


if __name__ == "__main__":
    LateServer(int(sys.argv[1]), int(sys.argv[2])).serve()
