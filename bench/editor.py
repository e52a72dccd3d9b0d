"""An editor reduced to what a clock needs: it starts a language server, types, and waits for answers."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

Json = dict[str, Any]

AUTOMATIC = 2
"""`InlineCompletionTriggerKind`: the person typed and did not ask."""

CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"inlineCompletion": {}, "hover": {"contentFormat": ["markdown"]}},
}


class Editor:
    """One thread, blocking reads and writes: the shortest way from an answer's last byte to the clock."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        pipe = subprocess.PIPE
        self.started = time.perf_counter()
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env, cwd=cwd, bufsize=0)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()
        self._buffer = bytearray()
        self._ids = itertools.count(1)
        self._stderr: deque[bytes] = deque(maxlen=50)
        threading.Thread(target=self._drain, daemon=True).start()

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]  # both are pipes

    def initialize(self, options: Json | None = None) -> float:
        """Say hello; return the seconds from the start of the process to the server's answer."""
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": CAPABILITIES}
        self.request("initialize", {**params, "initializationOptions": options or {}})
        seconds = time.perf_counter() - self.started
        self.notify("initialized", {})
        return seconds

    def shut_down(self) -> None:
        """End the server in order."""
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.wait(10)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        """Send a request and return its result; raises RuntimeError for an error."""
        return self.answer(self.ask(method, params))

    def ask(self, method: str, params: Any) -> int:
        """Send a request and return its id."""
        message_id = next(self._ids)
        self._send({"id": message_id, "method": method, "params": params})
        return message_id

    def answer(self, message_id: int) -> Any:
        """Wait for the answer to a request and return its result; raises RuntimeError for an error."""
        message = self.outcome(message_id)
        if "error" in message:
            raise RuntimeError(f"the server answered {message['error']}")
        return message["result"]

    def outcome(self, message_id: int) -> Json:
        """Wait for the whole answer to the request sent last; what else comes is dealt with."""
        while True:
            message = self._next()
            if "method" not in message and message["id"] == message_id:
                return message
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})

    def command(self, name: str, **argument: Any) -> Any:
        """Run one of the server's commands."""
        return self.request("workspace/executeCommand", {"command": name, "arguments": [argument]})

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode()
        view = memoryview(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        while view:
            view = view[os.write(self._in, view) :]

    def _next(self) -> Json:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        # A server on stock pygls sends a second header, the content's type.
        length = self._buffer[:end].lower().split(b"content-length:")[1].split(b"\r\n")[0]
        stop = end + 4 + int(length)
        while len(self._buffer) < stop:
            self._more()
        message: Json = json.loads(self._buffer[end + 4 : stop])
        del self._buffer[:stop]
        return message

    def _more(self) -> None:
        data = os.read(self._out, 1 << 16)
        if not data:
            raise RuntimeError(f"the server has ended: {b''.join(self._stderr).decode(errors='replace')[-2000:]}")
        self._buffer += data

    def _drain(self) -> None:
        assert self.process.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            while data := self.process.stderr.read(1 << 16):
                self._stderr.append(data)
