"""An editor in which several things go on at once: a person types while a hover and an explanation are on their way."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from bench.buffer import Buffer
from bench.editor import AUTOMATIC, Editor, Json
from bench.sandbox import SERVER

TYPED = "the quick brown fox "


class Crowd(Editor):
    """Takes answers in any order, and notes when each came."""

    def __init__(self, *, env: Mapping[str, str], cwd: Path) -> None:
        super().__init__(SERVER, env=env, cwd=cwd)
        self._sending = threading.Lock()
        self._arrived: dict[int, tuple[Json, float]] = {}

    def outcome(self, message_id: int) -> Json:
        """Wait for the whole answer to a request."""
        return self.arrival(message_id)[0]

    def arrival(self, message_id: int) -> tuple[Json, float]:
        """Wait for an answer; return it and when it had been read."""
        while message_id not in self._arrived:
            message = self._next()
            if "method" not in message:
                self._arrived[message["id"]] = message, time.perf_counter()
            elif "id" in message:
                self._send({"id": message["id"], "result": None})
        return self._arrived.pop(message_id)

    def is_answered(self, message_id: int) -> bool:
        """Whether an answer has been read while others were waited for."""
        return message_id in self._arrived

    def _send(self, message: Json) -> None:
        with self._sending:
            super()._send(message)


class Typist:
    """Types in a document of its own and asks at each key, without waiting for the answers."""

    def __init__(self, editor: Crowd, uri: str, pause_s: float) -> None:
        self._editor = editor
        self._buffer = Buffer(editor, uri, "", 0)
        self._pause_s = pause_s
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._type, daemon=True)
        self.keys = 0

    def __enter__(self) -> Typist:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._leave.set()
        self._thread.join()

    def _type(self) -> None:
        while not self._leave.wait(self._pause_s):
            self._buffer.type_only(TYPED[self.keys % len(TYPED)])
            self.keys += 1
            here = {"line": self._buffer.line, "character": self._buffer.column}
            params = {"textDocument": {"uri": self._buffer.uri}, "position": here}
            self._editor.ask("textDocument/inlineCompletion", {**params, "context": {"triggerKind": AUTOMATIC}})
