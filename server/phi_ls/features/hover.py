"""textDocument/hover: static facts at once, and what the model says by the deadline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.answers import hover_text
from phi_ls.answers.explanation import Explanation
from phi_ls.answers.explanations import Writing, ask
from phi_ls.answers.hover_text import labelled
from phi_ls.answers.known import remembered
from phi_ls.answers.question import Question
from phi_ls.answers.subjects import of_symbol
from phi_ls.context.symbols import symbol_facts, word_at
from phi_ls.markdown import plain_text, safe_markdown
from phi_ls.spoken import spoken_language
from phi_providers.errors import ProviderError

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer


def register(server: PhiLanguageServer) -> None:
    """Register the handler."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        document = server.documents.get(params.text_document.uri)
        off = server.session.settings.hover.mode == "off"
        if document is None or off or server.refusal(document) is not None:
            return None
        line, column = document.clamp(params.position)
        span = word_at(document.lines[line], column)
        if span is None:
            return None
        markdown = _reads_markdown(server)
        text = await _text(server, document, line, column, markdown=markdown)
        return _hover(text, document, line, span, markdown=markdown) if text else None


async def _text(server: PhiLanguageServer, document: Document, line: int, column: int, *, markdown: bool) -> str:
    facts = symbol_facts(document.lines, line, column, document.language, document.syntax)
    subject = of_symbol(document, line, column, server.path_of(document.uri), facts)
    question = Question(subject=subject, language=spoken_language(server.session, server.locale), brief=True)
    said = await _said(server, question, document.uri, markdown=markdown)
    if facts is None:
        return said
    shown = hover_text.markdown_facts(facts, document.language) if markdown else hover_text.plain_facts(facts)
    return hover_text.join(shown, said)


async def _said(server: PhiLanguageServer, question: Question, uri: str, *, markdown: bool) -> str:
    """Return what the model says, as far as it has come by the deadline; the rest is kept for the next hover."""
    session = server.session
    if session.settings.hover.mode != "automatic":
        known = await remembered(session, question)
        return labelled(known, markdown=markdown) if known else ""
    try:
        answer = await ask(session, question, replaces=f"hover {uri}")
        if isinstance(answer, Writing):
            answer = await _by_deadline(answer, session.settings.hover.deadline_ms / 1000)
    except ProviderError:
        # The static facts stand by themselves, and the status says why the model is silent.
        return ""
    if isinstance(answer, Explanation):
        return labelled(answer, markdown=markdown)
    so_far = safe_markdown(answer.text) if markdown else plain_text(answer.text)
    return f"{so_far}\n\n{hover_text.STILL_GENERATING}"


async def _by_deadline(writing: Writing, deadline_s: float) -> Writing | Explanation:
    """Return the explanation if it is complete in time, else what is being written, which goes on."""
    writing.waiting += 1
    try:
        done, _ = await asyncio.wait({writing.task}, timeout=deadline_s)
    except asyncio.CancelledError:
        if writing.waiting == 1:
            writing.abandon()
        raise
    finally:
        writing.waiting -= 1
    return writing.task.result() if done else writing


def _reads_markdown(server: PhiLanguageServer) -> bool:
    document = server.client_capabilities.text_document
    formats = document.hover.content_format if document and document.hover else None
    return bool(formats and types.MarkupKind.Markdown in formats)


def _hover(text: str, document: Document, line: int, span: tuple[int, int], *, markdown: bool) -> types.Hover:
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    start, end = (document.position(line, column) for column in span)
    return types.Hover(contents=types.MarkupContent(kind=kind, value=text), range=types.Range(start, end))
