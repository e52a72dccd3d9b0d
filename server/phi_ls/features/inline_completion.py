"""textDocument/inlineCompletion: ghost text."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Decision, Drop, Reason
from phi_ls.suggest import Shown, suggest

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Register the handler. Without options pygls does not advertise the feature."""

    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        text = await text_at(server, params.text_document.uri, params.position, invoked=invoked)
        if text is None:
            return None
        item = _item(server, params, text)
        return types.InlineCompletionList(items=[item]) if item else None


async def text_at(server: PhiLanguageServer, uri: str, position: types.Position, *, invoked: bool) -> str | None:
    """Return what to insert at a position of an open document, or None; either way the decision is recorded."""
    document = server.documents.get(uri)
    if document is None:
        return None
    refused = _refusal(server, document, invoked=invoked)
    if refused is not None:
        _record(server, uri, position, refused)
        return None
    snapshot = document.snapshot(position, path=server.path_of(uri))
    outcome = await _outcome(server, snapshot, invoked=invoked)
    if isinstance(outcome, Shown) and document.version != snapshot.version:
        outcome = Drop(reason=Reason.STALE, detail="the document changed before the answer came")
    _record(server, uri, position, outcome)
    return outcome.text if isinstance(outcome, Shown) else None


def _refusal(server: PhiLanguageServer, document: Document, *, invoked: bool) -> Drop | None:
    settings = server.session.settings.inline_completion
    if not settings.enable:
        return Drop(reason=Reason.DISABLED, detail="the setting 'inlineCompletion.enable' is false")
    if not settings.automatic and not invoked:
        return Drop(reason=Reason.DISABLED, detail="the setting 'inlineCompletion.automatic' is false: ask by hand")
    return server.refusal(document)


async def _outcome(server: PhiLanguageServer, snapshot: Snapshot, *, invoked: bool) -> Shown | Drop:
    just_deleted = server.session.just_deleted(snapshot.uri)
    try:
        return await suggest(server.session, snapshot, invoked=invoked, just_deleted=just_deleted)
    except asyncio.CancelledError:
        line, character = snapshot.line, snapshot.column
        drop = Drop(reason=Reason.SUPERSEDED, detail="the editor cancelled the request")
        _record(server, snapshot.uri, types.Position(line, character), drop)
        raise


def _item(
    server: PhiLanguageServer, params: types.InlineCompletionParams, text: str
) -> types.InlineCompletionItem | None:
    """Return the item. Always with a range: without one, an editor inserts where its cursor has moved to since."""
    here = types.Range(params.position, params.position)
    selected = params.context.selected_completion_info
    if selected is None or selected.range.end != params.position or selected.range.start.line != params.position.line:
        return types.InlineCompletionItem(insert_text=text, range=here)
    # An entry of the completion popup is selected: the editor shows only what continues it, over the same range.
    typed = _text_of(server, params.text_document.uri, selected.range)
    if not selected.text.startswith(typed) or not text.startswith(selected.text[len(typed) :]):
        return None
    return types.InlineCompletionItem(insert_text=typed + text, range=selected.range)


def _text_of(server: PhiLanguageServer, uri: str, span: types.Range) -> str:
    document = server.documents.get(uri)
    if document is None:
        return ""
    (line, start), (_, end) = document.clamp(span.start), document.clamp(span.end)
    return document.lines[line][start:end]


def _record(server: PhiLanguageServer, uri: str, position: types.Position, outcome: Shown | Drop) -> None:
    shown = isinstance(outcome, Shown)
    server.session.decisions.record(
        Decision(
            time=dt.datetime.now(dt.timezone.utc).isoformat(timespec="milliseconds"),
            uri=uri,
            line=position.line,
            character=position.character,
            reason=Reason.SHOWN if isinstance(outcome, Shown) else outcome.reason,
            detail=("from the cache" if outcome.from_cache else "") if isinstance(outcome, Shown) else outcome.detail,
        )
    )
    if shown:
        server.changed()
