"""LSP as phi-ls speaks it: pygls' built-in methods, put right where they harm; see `dispatch` for JSON-RPC itself."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import JsonRpcInvalidParams
from pygls.protocol import lsp_method

from phi_ls.connection.dispatch import Dispatch, Phase
from phi_ls.connection.json_rpc import RequestFailed, ServerCancelled
from phi_ls.connection.structuring import STRUCTURE_ERRORS, command_arguments
from phi_ls.documents import Documents
from phi_ls.text.positions import Encoding

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.lsp.server import LanguageServer

__all__ = ["PhiProtocol", "RequestFailed", "ServerCancelled"]

_Steps = Generator[Any, Any, Any]


class PhiProtocol(Dispatch):
    """Holds the open documents. Handlers of features run after the built-in ones, as in pygls."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        self.documents = Documents()
        super().__init__(server, converter)

    @property
    def was_shut_down(self) -> bool:
        """Whether the client sent `shutdown`, which makes the exit code 0."""
        return self.phase is Phase.SHUT_DOWN

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> _Steps:
        """Set up positions, watch the editor's process, and let pygls work out the capabilities."""
        encoding = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
        self.documents.encoding = cast("Encoding", getattr(encoding, "value", encoding))
        if params.process_id is not None and self.transport is not None:
            self.transport.watch_parent(params.process_id)
        return (yield from super().lsp_initialize(params))

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> _Steps:
        """Answer what is in flight, so that no request is left without an answer when the process ends."""
        self.phase = Phase.SHUT_DOWN
        self.abandon()
        yield from super().lsp_shutdown(*args)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> _Steps:
        """End the connection first: no handler can keep the process alive."""
        if self.transport is not None:
            self.transport.end()
        yield from self._user_handler(types.EXIT, *args)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> _Steps:
        """Take the document in."""
        self.documents.open(params.text_document)
        yield from self._user_handler(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> _Steps:
        """Change the document; changes of older versions and of documents that are not open reach nobody."""
        if self.documents.change(params):
            yield from self._user_handler(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> _Steps:
        """Forget the document."""
        if document := self.documents.get(params.text_document.uri):
            # As it was spelled when it was opened: clients escape the same address in more than one way.
            params.text_document.uri = document.uri
        self.documents.close(params.text_document.uri)
        yield from self._user_handler(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]  # pygls has a generator here
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Await the command in the request's own task, so that a cancelled request ends the command too."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"there is no command '{params.command}'")
        try:
            arguments = command_arguments(self._converter, handler, self._server, params.arguments or ())
        except STRUCTURE_ERRORS as exc:
            raise JsonRpcInvalidParams(f"the arguments do not fit the command '{params.command}'") from exc
        result = handler(*arguments)
        return await result if inspect.isawaitable(result) else result

    def _user_handler(self, method: str, *args: Any) -> _Steps:
        if (handler := self.fm.features.get(method)) is not None:
            yield handler, args, None
