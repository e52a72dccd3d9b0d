"""textDocument/completion: one item with the same suggestion, for clients that cannot show ghost text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.context.words import word_before
from phi_ls.features.inline_completion import text_at

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer

LABEL_CHARS = 60


def register(server: PhiLanguageServer) -> None:
    """Register the handler if this client needs it; called at `initialize`, when that is known.

    Not for all: every completion provider of a document delays the popup of all the others.
    """
    if not _wanted(server):
        return

    # Not empty: Vim's ALE takes an empty object for a server without completions.
    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(resolve_provider=False))
    async def completion(params: types.CompletionParams) -> types.CompletionList:
        # Not null, which may be final for the word: nothing now may be something at the next key.
        if not _wanted(server):
            return types.CompletionList(is_incomplete=False, items=[])
        # Nothing now may be something at the next key.
        return types.CompletionList(is_incomplete=True, items=await _items(server, params))


async def _items(server: PhiLanguageServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    document = server.documents.get(params.text_document.uri)
    if document is None:
        return []
    line, column = document.clamp(params.position)
    text = await text_at(server, document, document.position(line, column), invoked=True)
    return [_item(server, document, line, column, text)] if text else []


def _wanted(server: PhiLanguageServer) -> bool:
    enable = server.session.settings.completion_enable
    document = server.client_capabilities.text_document
    has_ghost_text = bool(document and document.inline_completion)
    return enable == "always" or (enable == "fallback" and not has_ghost_text)


def _item(server: PhiLanguageServer, document: Document, line: int, column: int, text: str) -> types.CompletionItem:
    word = word_before(document.lines[line], column)
    start, end = document.position(line, column - len(word)), document.position(line, column)
    # The popup filters by what has been typed of the word, so the item replaces that word.
    edit = types.TextEdit(range=types.Range(start, end), new_text=word + text)
    first_line = (word + text).strip().splitlines()[0]
    return types.CompletionItem(
        label=first_line[:LABEL_CHARS],
        kind=types.CompletionItemKind.Snippet,
        detail="phi-ls",
        # A plain string: MarkupContent is only for clients that announce a format.
        documentation=word + text,
        sort_text="~",
        # Not the word alone: whoever types on along the suggestion keeps it until the popup has asked again.
        filter_text=(word + text).splitlines()[0] or None,
        insert_text_format=types.InsertTextFormat.PlainText,
        insert_text_mode=types.InsertTextMode.AsIs if _knows_modes(server) else None,
        text_edit=edit,
    )


def _knows_modes(server: PhiLanguageServer) -> bool:
    """Whether the client can be told to leave the lines as they are: they are indented already."""
    document = server.client_capabilities.text_document
    item = document.completion.completion_item if document and document.completion else None
    support = item.insert_text_mode_support if item else None
    return support is not None and types.InsertTextMode.AsIs in support.value_set
