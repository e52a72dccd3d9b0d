"""From one message body to its handler and back: JSON-RPC as pygls should do it.

pygls interprets messages while the JSON is still being decoded, runs handlers under ids it never forgets, and answers
from several places. Here the envelope is read first, so every error can name the request it belongs to, and requests
are answered by the request table alone.
"""

from __future__ import annotations

import asyncio
import contextvars
import enum
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol

from phi_ls.connection import handlers, json_rpc
from phi_ls.connection.failures import one_line, where
from phi_ls.connection.json_rpc import Breach, Kind, Message, MessageId, RequestFailed
from phi_ls.connection.request_table import Outcome, RequestTable
from phi_ls.connection.structuring import params_of, result_of
from phi_ls.connection.writer import Keep

if TYPE_CHECKING:
    from concurrent.futures import Future

    from cattrs import Converter
    from pygls.lsp.server import LanguageServer

log = logging.getLogger(__name__)


_NOT_JSON = (TypeError, ValueError, AttributeError, RecursionError)
"""What serialisation raises for a value that is no JSON."""


class Phase(enum.Enum):
    """What the client may send now."""

    NEW = enum.auto()
    INITIALIZING = enum.auto()
    RUNNING = enum.auto()
    SHUT_DOWN = enum.auto()


class Transport(Protocol):
    """What the protocol needs of the connection to the editor."""

    def send(self, body: bytes, keep: Keep) -> None:
        """Queue a message; never blocks."""

    def watch_parent(self, process_id: int) -> None:
        """End the connection when this process has ended."""

    def end(self) -> None:
        """End the connection: the client said `exit`."""


class Dispatch(LanguageServerProtocol):
    """Takes message bodies, runs handlers, sends messages. Only for the event loop's thread."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        # At INFO, pygls writes whole message bodies, which is the user's source text.
        logging.getLogger("pygls").setLevel(logging.WARNING)
        self.transport: Transport | None = None
        self.translate: Callable[[Any], Any] = lambda value: value
        """Puts what is said to the user, wherever in a JSON value, into the user's language."""
        self.phase = Phase.NEW
        self._requests = RequestTable(self._answer)
        self._background: set[asyncio.Future[Any]] = set()
        super().__init__(server, converter)

    def receive(self, body: bytes) -> None:
        """Handle one message; whatever it is, nothing is raised."""
        try:
            message = json_rpc.decode(body)
        except Breach as exc:
            self._refuse(exc.id, exc.error)
            return
        if message.kind is Kind.NOTIFICATION:
            self._on_notification(message)
        elif message.id is not None:
            handle = self._on_request if message.kind is Kind.REQUEST else self._on_response
            handle(message.id, message)

    def abandon(self) -> None:
        """Answer every request in flight as cancelled by the server and cancel all that runs."""
        self._requests.abandon()
        for task in list(self._background):
            task.cancel()
        for future in list(self._request_futures.values()):
            future.cancel()

    # --- incoming -----------------------------------------------------------------------------------------------------

    def _on_request(self, message_id: MessageId, message: Message) -> None:
        try:
            self._admit(message_id, message.method)
            handler, params = self._get_handler(message.method), self._params(message)
        except JsonRpcException as exc:
            self._refuse(message_id, exc)
            return
        if message.method == types.INITIALIZE:
            self.phase = Phase.INITIALIZING
        context = contextvars.copy_context()
        context.run(self._ctx_msg_id.set, message_id)
        self._requests.add(message_id, message.method, context.run(handlers.start, handler, params))

    def _on_notification(self, message: Message) -> None:
        if message.method == types.CANCEL_REQUEST:
            self._on_cancel(message.fields.get("params"))
            return
        if self.phase is not Phase.RUNNING and message.method != types.EXIT:
            return
        try:
            handler, params = self._get_handler(message.method), self._params(message)
        except JsonRpcException as exc:
            if not message.method.startswith("$/"):
                log.info("a notification was ignored: %s", one_line(exc.message))
            return
        task = contextvars.copy_context().run(handlers.start, handler, params)
        self._background.add(task)
        task.add_done_callback(lambda _: self._notification_done(message.method, task))

    def _on_cancel(self, params: Any) -> None:
        # No log line for an id that is not in flight: a client may send thousands, all of them too late.
        message_id = params.get("id") if isinstance(params, dict) else None
        if isinstance(message_id, (str, int)) and not isinstance(message_id, bool):
            self._requests.cancel(message_id)

    def _on_response(self, message_id: MessageId, message: Message) -> None:
        future = self._request_futures.pop(message_id, None)
        response_type = self._result_types.pop(message_id, None)
        # A handler that was cancelled has given up the request that it awaited, and with it the future.
        if future is None or future.done():
            return
        try:
            future.set_result(result_of(self._converter, message.fields, response_type))
        except JsonRpcException as exc:
            future.set_exception(exc)

    def _admit(self, message_id: MessageId, method: str) -> None:
        """Raise the error for a request that may not come now."""
        if message_id in self._requests:
            raise JsonRpcInvalidRequest("a request with this id is in flight")
        if self.phase is Phase.SHUT_DOWN:
            raise JsonRpcInvalidRequest("the server has been shut down")
        if method == types.INITIALIZE and self.phase is not Phase.NEW:
            raise JsonRpcInvalidRequest("the server has been initialized")
        if method != types.INITIALIZE and self.phase is not Phase.RUNNING:
            raise JsonRpcServerNotInitialized("the server has not been initialized")
        kinds = types.METHOD_TO_TYPES.get(method)
        if kinds is not None and kinds[1] is None:
            raise JsonRpcInvalidRequest(f"{method} is a notification and takes no id")

    def _params(self, message: Message) -> Any:
        return params_of(self._converter, message, self.get_message_type(message.method))

    def _notification_done(self, method: str, task: asyncio.Future[Any]) -> None:
        self._background.discard(task)
        # Never a pop-up: nobody asked, so nobody is told but the log.
        if not task.cancelled() and (exc := task.exception()) is not None:
            log.error("%s failed: %s", method, where(exc))

    # --- outgoing -----------------------------------------------------------------------------------------------------

    def _answer(self, message_id: MessageId, outcome: Outcome) -> None:
        if outcome.method == types.INITIALIZE:
            self.phase = Phase.NEW if outcome.exception else Phase.RUNNING
        exception = outcome.exception
        if exception is None:
            try:
                self._send({"jsonrpc": json_rpc.VERSION, "id": message_id, "result": outcome.result}, Keep.ALWAYS)
            except _NOT_JSON as exc:
                exception = exc
        if exception is not None:
            self._refuse(message_id, _presentable(outcome.method, exception))

    def _refuse(self, message_id: MessageId | None, error: JsonRpcException) -> None:
        details = {"code": error.code, "message": one_line(self.translate(error.message))}
        self._send({"jsonrpc": json_rpc.VERSION, "id": message_id, "error": details}, Keep.ALWAYS)

    def _send_data(self, data: Any) -> None:
        message_id = getattr(data, "id", None)
        try:
            self._send(data, _keep(data.method) if message_id is None else Keep.ALWAYS)
        except _NOT_JSON as exc:
            log.error("%s was not sent: %s", data.method, where(exc))
            if message_id is not None:
                future: Future[Any] = self._request_futures.pop(message_id)
                future.set_exception(RequestFailed(f"{data.method} could not be sent"))

    def _send(self, data: Any, keep: Keep) -> None:
        def plain(value: Any) -> Any:
            return self.translate(self._serialize_message(value))

        body = json.dumps(self.translate(data), default=plain, allow_nan=False, separators=(",", ":"))
        if self.transport is not None:
            self.transport.send(body.encode("ascii"), keep)

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification, which is dropped if the client does not read."""
        super().notify(method, params)
        if method == types.PROGRESS and isinstance(params.value, types.WorkDoneProgressEnd):
            # pygls remembers every token for ever.
            self.progress.tokens.pop(params.token, None)


def _keep(method: str) -> Keep:
    if method in (types.PROGRESS, types.WINDOW_LOG_MESSAGE) or method.startswith("phi-ls/"):
        return Keep.WHILE_ROOM
    return Keep.IF_POSSIBLE


def _presentable(method: str, exc: BaseException) -> JsonRpcException:
    """Return the error as the client may see it: nothing of our code, paths or the user's text."""
    if isinstance(exc, JsonRpcException):
        return exc
    log.error("%s failed: %s", method, where(exc))
    return JsonRpcInternalError(f"internal error in {method}; see the log")
