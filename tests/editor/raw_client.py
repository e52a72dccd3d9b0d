"""A strict LSP client on the level of bytes: whatever a correct server must never send fails the test.

It raises `Violation` for a byte on stdout that belongs to no message, a second answer to a request, an answer to a
request never made, and a request from the server that nobody registered an answer for.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

from editor.raw_ledger import Ledger
from editor.raw_process import TIMEOUT_S, RawProcess
from editor.raw_wire import Json, MessageReader, Violation, frame

Responder = Callable[[Any], Any]

RESPONDERS: dict[str, Responder] = {
    "window/workDoneProgress/create": lambda _params: None,
    "client/registerCapability": lambda _params: None,
    "workspace/configuration": lambda params: [None] * len(params["items"]),
}
"""What the client answers to requests of the server unless a test says otherwise."""


LATER = object()
"""Returned by a responder: the test answers itself, with `respond`."""


class RawClient(RawProcess):
    """Starts the server; use it as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        responders: Mapping[str, Responder] | None = None,
        read: bool = True,
        patience: float = TIMEOUT_S,
    ) -> None:
        """With `read` False the server's output is left in the pipe until `start_reading`."""
        super().__init__(command, env=env, cwd=cwd, patience=patience)
        self.responders = {**RESPONDERS, **(responders or {})}
        self._ledger = Ledger(self.violations)
        self._ids = itertools.count(1)
        if read:
            self.start_reading()

    def start_reading(self) -> None:
        """Begin to take in what the server sends."""
        self._start(self._read)

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
        if kind is None:
            self.check()
            if left := self._ledger.unseen_errors():
                raise Violation(f"errors that the test did not look at: {left}\n{self.stderr}")

    @property
    def notifications(self) -> list[Json]:
        """All notifications so far, oldest first."""
        with self._changed:
            return list(self._ledger.notifications)

    @property
    def requests(self) -> list[Json]:
        """All requests of the server so far, oldest first."""
        with self._changed:
            return list(self._ledger.requests)

    # --- sending ------------------------------------------------------------------------------------------------------

    def send(self, message: Json) -> None:
        """Send this message with a header, adding "jsonrpc" only."""
        self.send_bytes(frame({"jsonrpc": "2.0", **message}))

    def send_request(self, method: str, params: Any = None, *, message_id: Any = None) -> Any:
        """Send a request and return its id, a new one unless given."""
        request_id = next(self._ids) if message_id is None else message_id
        self.expect(request_id)
        self.send({"id": request_id, "method": method, **({} if params is None else {"params": params})})
        return request_id

    def expect(self, message_id: Any, *, extra_errors: int = 0) -> None:
        """Allow a reply to an id of a request that `send_bytes` sent, or so many errors beside the one answer."""
        with self._changed:
            self._ledger.made(message_id, extra_errors)

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self.send({"method": method, **({} if params is None else {"params": params})})

    def respond(self, message_id: Any, result: Any) -> None:
        """Answer a request of the server."""
        self.send({"id": message_id, "result": result})

    def cancel(self, message_id: Any) -> None:
        """Ask the server to cancel a request."""
        self.notify("$/cancelRequest", {"id": message_id})

    def command(self, name: str, *arguments: Any) -> Any:
        """Send a request to run a command and return its id."""
        return self.send_request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})

    # --- waiting ------------------------------------------------------------------------------------------------------

    def reply(self, message_id: Any, timeout: float | None = None) -> Json:
        """Return the answer to a request: the whole message, with "result" or "error"."""
        return self._wait(lambda: self._ledger.reply(message_id), timeout, f"no answer to {message_id!r}")

    def refusal(self, message_id: Any, timeout: float | None = None) -> Json:
        """Return the error beside the one answer that `expect` allowed."""
        message = self._wait(lambda: self._ledger.refusal(message_id), timeout, f"no refusal of {message_id!r}")
        error: Json = message["error"]
        return error

    def request(self, method: str, params: Any = None, timeout: float | None = None) -> Any:
        """Send a request and return its result; an error fails the test."""
        reply = self.reply(self.send_request(method, params), timeout)
        assert "error" not in reply, reply
        return reply["result"]

    def error(self, method: str, params: Any = None, timeout: float | None = None) -> Any:
        """Send a request and return its error; a result fails the test."""
        reply = self.reply(self.send_request(method, params), timeout)
        assert "error" in reply, reply
        return reply["error"]

    def null_error(self, timeout: float | None = None) -> Json:
        """Return the next error whose id is null."""
        errors = self._ledger.null_errors
        message = self._wait(lambda: errors.popleft() if errors else None, timeout, "no error with id null")
        error: Json = message["error"]
        return error

    def wait_request(self, method: str, timeout: float | None = None) -> Json:
        """Return the first such request of the server, which may have come already."""

        def found() -> Json | None:
            return next((message for message in self._ledger.requests if message["method"] == method), None)

        return self._wait(found, timeout, f"no request {method}")

    def wait_notification(
        self, method: str, predicate: Callable[[Any], bool] = lambda _params: True, timeout: float | None = None
    ) -> Any:
        """Return the parameters of the first such notification, which may have come already."""

        def found() -> Json | None:
            sent = (message for message in self._ledger.notifications if message["method"] == method)
            return next((message for message in sent if predicate(message.get("params"))), None)

        return self._wait(found, timeout, f"no notification {method}").get("params")

    # --- the usual sequences ------------------------------------------------------------------------------------------

    def initialize(self, *, capabilities: Json | None = None, init_options: Any = None, **params: Any) -> Json:
        """Do the handshake and return the server's capabilities."""
        options = {} if init_options is None else {"initializationOptions": init_options}
        standard = {"processId": None, "rootUri": None, "capabilities": capabilities or {}}
        result = self.request("initialize", {**standard, **options, **params}, TIMEOUT_S)
        self.notify("initialized", {})
        answered: Json = result["capabilities"]
        return answered

    def open(self, uri: str, text: str, *, language: str = "python", version: int = 1) -> None:
        """Open a document."""
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, version: int, *changes: Json) -> None:
        """Change a document."""
        identifier = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": list(changes)})

    def exit(self, code: int = 0, timeout: float | None = None) -> None:
        """Shut the server down in order and check its exit code."""
        assert self.request("shutdown") is None
        self.notify("exit")
        assert code == self.wait_exit(timeout), self.stderr
        self.join()
        self.check()

    # --- receiving ----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        assert self.process.stdout is not None
        reader = MessageReader(self.process.stdout.fileno())
        try:
            while (message := reader.next()) is not None:
                with self._changed:
                    self._ledger.take(message)
                    self._changed.notify_all()
                if "method" in message and "id" in message:
                    self._respond(message)
        except Violation as exc:
            self.violations.append(str(exc))

    def _respond(self, message: Json) -> None:
        responder = self.responders.get(message["method"])
        if responder is None:
            raise Violation(f"a request nobody expected: {message}")
        result = responder(message.get("params"))
        if result is not LATER:
            with contextlib.suppress(OSError, ValueError):  # the server has ended, or the test closed its input
                self.respond(message["id"], result)
