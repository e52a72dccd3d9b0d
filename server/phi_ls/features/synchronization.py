"""textDocument/didOpen, didChange, didClose: what an edit means for suggestions on their way and for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.context.snapshot import Snapshot

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Register handlers that run after the document itself has been brought up to date."""

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        document = server.documents.get(params.text_document.uri)
        # As it was spelled when it was opened: clients escape the same address in more than one way.
        uri = document.uri if document else params.text_document.uri
        server.session.note_edit(uri, deleted=_only_deletes(params))
        server.session.in_flight.edited(uri, lambda old: _seen_again(server, old))

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


def _seen_again(server: PhiLanguageServer, old: Snapshot) -> Snapshot | None:
    """Return the document as it is now, at the place where `old` had its cursor."""
    document = server.documents.get(old.uri)
    if document is None or document.refusal is not None:
        return None
    return document.snapshot(document.position(old.line, old.column), path=old.path)
