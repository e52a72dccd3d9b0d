"""textDocument/didOpen, didChange, didClose: what an edit means for suggestions on their way and for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.context.snapshot import Snapshot
from phi_ls.text import line_endings

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Register handlers that run after the document itself has been brought up to date."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        if document := server.documents.get(params.text_document.uri):
            server.ahead.opened(document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        document = server.documents.get(params.text_document.uri)
        # As it was spelled when it was opened: clients escape the same address in more than one way.
        uri = document.uri if document else params.text_document.uri
        server.session.note_edit(uri, deleted=_only_deletes(params))
        server.session.in_flight.edited(uri, lambda old: _seen_again(server, old))
        if document is not None and (place := _end_of(document, params)):
            server.ahead.edited(uri, place)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.session.forget(params.text_document.uri)


def _only_deletes(params: types.DidChangeTextDocumentParams) -> bool:
    changes = params.content_changes
    return bool(changes) and all(
        isinstance(change, types.TextDocumentContentChangePartial)
        and not change.text
        and change.range.start != change.range.end
        for change in changes
    )


def _end_of(document: Document, params: types.DidChangeTextDocumentParams) -> tuple[int, int] | None:
    """Return the line and the column where the last change ends; None if all of the text was replaced."""
    change = params.content_changes[-1] if params.content_changes else None
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return None
    line, column = document.clamp(change.range.start)
    lines, _ = line_endings.split(change.text)
    return line + len(lines) - 1, len(lines[-1]) + (column if len(lines) == 1 else 0)


def _seen_again(server: PhiLanguageServer, old: Snapshot) -> Snapshot | None:
    """Return the document as it is now, at the place where `old` had its cursor."""
    document = server.documents.get(old.uri)
    if document is None or document.refusal is not None:
        return None
    return document.snapshot(document.position(old.line, old.column), path=old.path)
