"""workspace/executeCommand phi-ls.explain: an explanation, streamed by $/progress."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from phi_ls.answers.definition import definition_at
from phi_ls.answers.explanation import Explanation
from phi_ls.answers.explanations import OnDelta, Writing, ask, ignore
from phi_ls.answers.question import Question
from phi_ls.answers.subjects import of_diagnostic, of_lines
from phi_ls.features import arguments
from phi_ls.features.follow_up import follow_up
from phi_ls.markdown import safe_markdown
from phi_ls.markdown_text import clean
from phi_ls.messages.text import cause_of, say
from phi_ls.prompts.family import ExplainSubject
from phi_ls.protocol import RequestFailed
from phi_ls.spoken import noted, spoken_language, wanted_language
from phi_providers.errors import ProviderError

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer

COMMAND = "phi-ls.explain"


def register(server: PhiLanguageServer) -> None:
    """Register the command."""

    @server.command(COMMAND)
    async def explain(*sent: Any) -> dict[str, Any]:
        return await explained(server, sent)


async def explained(server: PhiLanguageServer, sent: tuple[Any, ...], *, anew: bool = False) -> dict[str, Any]:
    """Return the result of the command with these arguments; `anew`: what was answered before does not count."""
    options = arguments.as_object(sent)
    document = open_document(server, arguments.document_uri(options))
    subject = subject_of(server, document, options)
    if not subject.code.strip():
        raise RequestFailed(say("there is nothing to explain in these lines"))
    asked, previous = follow_up(server, options)
    question = Question(
        subject=subject,
        language=spoken_language(server.session, server.locale, options.get("language")),
        asked=asked,
        previous=previous,
    )
    explanation = await answer_to(server, question, sender(server, options.get("token")), anew=anew)
    if not explanation.text:
        raise RequestFailed(say("the model {model} had nothing to say; select more or less", model=explanation.model))
    wanted = wanted_language(server.session, server.locale, options.get("language"))
    explanation = noted(explanation, wanted=wanted, spoken=question.language)
    result = {
        "text": safe_markdown(explanation.text),
        "model": explanation.model,
        "device": explanation.device,
        "finishReason": explanation.finish_reason,
        "cached": explanation.cached,
        "note": explanation.note,
    }
    if options.get("show") is True:
        server.shown.later(asked or subject.name or subject.path, result)
    return result


def open_document(server: PhiLanguageServer, uri: str) -> Document:
    """Return an open document that a model may see; raises RequestFailed."""
    document = server.documents.get(uri)
    if document is None:
        raise RequestFailed(say("the document is not open; open it in the editor first"))
    refused = server.refusal(document)
    if refused is not None:
        cause = refused.detail or refused.reason.value
        raise RequestFailed(say("nothing is explained in this document: {cause}", cause=cause))
    return document


def subject_of(server: PhiLanguageServer, document: Document, options: dict[str, Any]) -> ExplainSubject:
    """Return what the arguments of the command mean; raises JsonRpcInvalidParams."""
    path = server.path_of(document.uri)
    if options.get("diagnostic") is not None:
        return _of_diagnostic(document, options["diagnostic"], path)
    if options.get("range") is not None:
        return subject_of_range(server, document, arguments.span(options["range"]))
    if options.get("position") is not None:
        line, column = document.clamp(arguments.position(options["position"]))
        return definition_at(document, line, column, path, server.documents, server.open_files()).subject
    raise JsonRpcInvalidParams("one of 'range', 'position' and 'diagnostic' must say what to explain")


def subject_of_range(server: PhiLanguageServer, document: Document, span: types.Range) -> ExplainSubject:
    """Return the lines of a selection."""
    (first, _), (last, column) = document.clamp(span.start), document.clamp(span.end)
    # A selection of whole lines ends at the start of the line after them.
    return of_lines(document, first, last - (column == 0 and last > first), server.path_of(document.uri))


def _of_diagnostic(document: Document, diagnostic: Any, path: str) -> ExplainSubject:
    message = diagnostic.get("message") if isinstance(diagnostic, dict) else None
    if not isinstance(message, str):
        raise JsonRpcInvalidParams("'diagnostic.message' must be a string")
    span = arguments.span(diagnostic.get("range"), "diagnostic.range")
    (first, _), (last, _) = document.clamp(span.start), document.clamp(span.end)
    return of_diagnostic(document, first, last, message, path)


def sender(server: PhiLanguageServer, token: Any) -> OnDelta:
    """Return what sends each piece that is not empty to the client's token; raises JsonRpcInvalidParams.

    A piece is text to be shown as it is, spaces and all; only the result is Markdown that is safe to render.
    """
    if token is None:
        return lambda _: None
    if not isinstance(token, (str, int)) or isinstance(token, bool):
        raise JsonRpcInvalidParams("'token' must be a string or a whole number")

    def send(delta: str) -> None:
        if delta:
            value = {"kind": "delta", "text": clean(delta)}
            server.progress(types.ProgressParams(token=token, value=value))

    return send


async def answer_to(
    server: PhiLanguageServer, question: Question, send: OnDelta = ignore, *, anew: bool = False
) -> Explanation:
    """Return the answer; raises RequestFailed with the cause."""
    try:
        answer = await ask(server.session, question, send, anew=anew)
        if isinstance(answer, Explanation):
            return answer
        return await written(answer)
    except ProviderError as exc:
        raise RequestFailed(say("no explanation: {cause}", cause=cause_of(exc))) from exc


async def written(writing: Writing) -> Explanation:
    """Return what is being written; whoever stops waiting for it ends it."""
    try:
        return await asyncio.shield(writing.task)
    except asyncio.CancelledError:
        writing.abandon()
        raise
