"""textDocument/hover: static facts at once, and what the model says by the deadline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from phi_ls.answers import hover_text
from phi_ls.answers.definition import definition_at
from phi_ls.answers.explanation import Explanation
from phi_ls.answers.explanations import Writing, ask
from phi_ls.answers.hover_text import labelled
from phi_ls.answers.in_time import in_time
from phi_ls.answers.known import remembered
from phi_ls.answers.question import Question
from phi_ls.context.symbols import word_at
from phi_ls.markdown import plain_text, safe_markdown
from phi_ls.messages.text import joined
from phi_ls.spoken import noted, spoken_language, wanted_language
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
    # What is found out before the model is asked is part of the time that a person waits.
    deadline = asyncio.get_running_loop().time() + server.session.settings.hover.deadline_ms / 1000
    path, files = server.path_of(document.uri), server.open_files()
    found = definition_at(document, line, column, path, server.documents, files)
    language = spoken_language(server.session, server.locale)
    question = Question(subject=found.subject, language=language, brief=True)
    documentation = found.facts.documentation if found.facts else ""
    said = await _said(server, question, document.uri, deadline, documentation, markdown=markdown)
    if found.facts is None:
        return said
    if markdown:
        shown = hover_text.markdown_facts(found.facts, found.subject.language, found.elsewhere)
    else:
        shown = hover_text.plain_facts(found.facts, found.elsewhere)
    return hover_text.join(shown, said)


async def _said(
    server: PhiLanguageServer, question: Question, uri: str, deadline: float, documentation: str, *, markdown: bool
) -> str:
    """Return what the model says, as far as it has come by the deadline; the rest is kept for the next hover.

    Nothing where that is what the `documentation` says already.
    """
    session = server.session
    if session.settings.hover.mode != "automatic":
        known = await in_time(remembered(session, question), deadline)
        return labelled(_noted(server, question, known), documentation, markdown=markdown) if known else ""
    try:
        answer = await in_time(ask(session, question, replaces=f"hover {uri}"), deadline)
        if isinstance(answer, Writing):
            answer = await _by_deadline(answer, deadline)
    except ProviderError:
        # The static facts stand by themselves, and the status says why the model is silent.
        return ""
    if isinstance(answer, Explanation):
        return labelled(_noted(server, question, answer), documentation, markdown=markdown)
    written = answer.text if answer is not None else ""
    so_far = safe_markdown(written) if markdown else plain_text(written)
    return joined("\n\n", [each for each in (so_far, hover_text.STILL_GENERATING) if each])


def _noted(server: PhiLanguageServer, question: Question, explanation: Explanation) -> Explanation:
    wanted = wanted_language(server.session, server.locale)
    return noted(explanation, wanted=wanted, spoken=question.language)


async def _by_deadline(writing: Writing, deadline: float) -> Writing | Explanation:
    """Return the explanation if it is complete in time, else what is being written, which goes on."""
    left = max(deadline - asyncio.get_running_loop().time(), 0)
    writing.waiting += 1
    try:
        done, _ = await asyncio.wait({writing.task}, timeout=left)
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
