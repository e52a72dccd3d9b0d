"""An editor's side of the connection that types on while answers are on their way."""

from __future__ import annotations

import contextlib
import datetime as dt
import queue
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.editor import AUTOMATIC, Editor, Json
from bench.typing_replay import counting
from bench.typing_replay.reasons import Asked, matched
from bench.typing_replay.records import Counts
from bench.typing_replay.suggesting import Arrival

ANSWER_WITHIN_S = 30.0


class Client(Editor):
    """A second thread reads, so that an answer's time does not depend on what is sent meanwhile."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        super().__init__(command, env=env, cwd=cwd)
        self._sending = threading.Lock()
        self._arrivals: queue.SimpleQueue[Arrival | None] = queue.SimpleQueue()
        self._put_back: deque[Arrival] = deque()
        self._reader: threading.Thread | None = None
        self._asked: list[Asked] = []

    def __enter__(self) -> Client:
        return self

    def initialize(self, options: Json | None = None) -> float:
        """Say hello, and begin to listen; return the seconds from the start of the process to the answer."""
        seconds = super().initialize(options)
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        return seconds

    def suggestion(self, uri: str, line: int, character: int) -> int:
        """Ask for a suggestion, as after a key; return the request's id."""
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        asked_at = dt.datetime.now(dt.timezone.utc)
        number = self.ask("textDocument/inlineCompletion", {**params, "context": {"triggerKind": AUTOMATIC}})
        self._asked.append(Asked(number, uri, line, character, asked_at))
        return number

    def cancel(self, message_id: int) -> None:
        """Tell the server that nobody waits for this any more."""
        self.notify("$/cancelRequest", {"id": message_id})

    def reasons(self, uri: str) -> dict[int, str]:
        """Return why requests of this document had no suggestion, by their ids: those asked since this was called last.

        The server remembers `reasons.REMEMBERED` decisions.
        """
        document = {"textDocument": {"uri": uri}}
        found = matched(self._asked, uri, self.command("phi-ls.whyNoSuggestion", **document)["decisions"])
        # The last answer may still be on its way.
        self._asked = [each for each in self._asked[-1:] if each.id not in found]
        return found

    def count(self) -> Counts:
        """Return the counts so far."""
        return counting.count(self)

    def wait_until_idle(self) -> None:
        """Wait until nothing is generated any more."""
        counting.wait_until_idle(self)

    def arrival(self, until: float) -> Arrival | None:
        """Return the next answer; None when there was none until then. Raises RuntimeError if the server has ended."""
        if self._put_back:
            return self._put_back.popleft()
        try:
            found = self._arrivals.get(timeout=max(until - time.perf_counter(), 0.0))
        except queue.Empty:
            return None
        if found is None:
            raise RuntimeError("the server has ended")
        return found

    def outcome(self, message_id: int) -> Json:
        """Wait for the whole answer to a request; answers to others that come meanwhile are kept for `arrival`."""
        if self._reader is None:
            return super().outcome(message_id)
        until = time.perf_counter() + ANSWER_WITHIN_S
        others: list[Arrival] = []
        while (found := self.arrival(until)) is not None:
            if found.id == message_id:
                self._put_back.extend(others)
                return found.message
            others.append(found)
        raise RuntimeError(f"no answer within {ANSWER_WITHIN_S:.0f} s")

    def _send(self, message: Json) -> None:
        with self._sending:
            super()._send(message)

    def _listen(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            while True:
                message: dict[str, Any] = self._next()
                if "method" not in message:
                    self._arrivals.put(Arrival(message["id"], time.perf_counter(), message))
                elif "id" in message:
                    self._send({"id": message["id"], "result": None})
        self._arrivals.put(None)
