"""textDocument/inlineCompletion: ghost text."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.answers.suggest import Shown, suggest
from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Decision, Drop, Reason
from phi_ls.messages.text import say

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Register the handler. Without options pygls does not advertise the feature."""

    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        document = server.documents.get(params.text_document.uri)
        if document is None:
            return None
        # A client may point behind the end of a line or of the document; what it gets names the place that is meant.
        here = document.position(*document.clamp(params.position))
        invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        selected = params.context.selected_completion_info
        text = await text_at(server, document, here, invoked=invoked, selected=selected)
        item = _item(document, here, selected, text) if text is not None else None
        return types.InlineCompletionList(items=[item]) if item else None


async def text_at(
    server: PhiLanguageServer,
    document: Document,
    position: types.Position,
    *,
    invoked: bool,
    selected: types.SelectedCompletionInfo | None = None,
) -> str | None:
    """Return what to insert at a position of the document, or None; either way the decision is recorded.

    `selected` is the entry of the completion popup that an editor previews: it shows only what continues that entry.
    """
    refused = _refusal(server, document, invoked=invoked)
    if refused is not None:
        _record(server, document.uri, position, refused)
        return None
    snapshot = document.snapshot(position, path=server.path_of(document.uri))
    server.ahead.asked(snapshot)
    outcome = await _outcome(server, snapshot, position, invoked=invoked)
    if isinstance(outcome, Shown) and not _is_current(server, document, snapshot):
        outcome = Drop(reason=Reason.STALE, detail=say("the document changed before the answer came"))
    if isinstance(outcome, Shown) and _item(document, position, selected, outcome.text) is None:
        server.session.shown.pop(document.uri, None)
        outcome = Drop(
            reason=Reason.EMPTY, detail=say("it does not continue the selected entry of the completion list")
        )
    _record(server, document.uri, position, outcome)
    if not isinstance(outcome, Shown):
        return None
    server.ahead.shown(snapshot, outcome)
    return outcome.text


def _is_current(server: PhiLanguageServer, document: Document, snapshot: Snapshot) -> bool:
    """Whether the document is open, still the same one, and as it was."""
    return server.documents.get(document.uri) is document and document.version == snapshot.version


def _refusal(server: PhiLanguageServer, document: Document, *, invoked: bool) -> Drop | None:
    settings = server.session.settings.inline_completion
    if not settings.enable:
        return Drop(reason=Reason.DISABLED, detail=say("the setting 'inlineCompletion.enable' is false"))
    if not settings.automatic and not invoked:
        return Drop(
            reason=Reason.DISABLED, detail=say("the setting 'inlineCompletion.automatic' is false: ask by hand")
        )
    return server.refusal(document)


async def _outcome(
    server: PhiLanguageServer, snapshot: Snapshot, position: types.Position, *, invoked: bool
) -> Shown | Drop:
    just_deleted = server.session.just_deleted(snapshot.uri)
    try:
        return await suggest(server.session, snapshot, invoked=invoked, just_deleted=just_deleted)
    except asyncio.CancelledError:
        drop = Drop(reason=Reason.SUPERSEDED, detail=say("the editor cancelled the request"))
        _record(server, snapshot.uri, position, drop)
        raise


def _item(
    document: Document, position: types.Position, selected: types.SelectedCompletionInfo | None, text: str
) -> types.InlineCompletionItem | None:
    """Return the item. Always with a range: without one, an editor inserts where its cursor has moved to since."""
    here = types.Range(position, position)
    if selected is None or selected.range.end != position or selected.range.start.line != position.line:
        return types.InlineCompletionItem(insert_text=text, range=here)
    # An entry of the completion popup is selected: the editor shows only what continues it, over the same range.
    typed = _text_of(document, selected.range)
    if not selected.text.startswith(typed) or not text.startswith(selected.text[len(typed) :]):
        return None
    return types.InlineCompletionItem(insert_text=typed + text, range=selected.range)


def _text_of(document: Document, span: types.Range) -> str:
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
