"""textDocument/codeAction: what phi-ls can do at a place. The model is asked only when an action is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from phi_ls.answers.docstring import target_at
from phi_ls.answers.question import Question
from phi_ls.answers.subjects import word_of
from phi_ls.features import docstring, explain
from phi_ls.features.showing import shows_results
from phi_ls.messages.text import say
from phi_ls.spoken import spoken_language

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer

QUICK_FIX, REWRITE = types.CodeActionKind.QuickFix.value, types.CodeActionKind.RefactorRewrite.value

MAX_DIAGNOSTICS = 5
"""That are offered to be explained at one place."""

MAX_TITLE_CHARS = 60
"""Of a diagnostic or a name in an action's title."""


def register(server: PhiLanguageServer) -> None:
    """Register the handler."""
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite]
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
        document = server.documents.get(params.text_document.uri)
        if document is None or server.refusal(document) is not None:
            return []
        wanted = [kind for kind in (QUICK_FIX, REWRITE) if _is_wanted(kind, params.context.only)]
        actions: list[types.CodeAction] = []
        if QUICK_FIX in wanted:
            actions += _on_diagnostics(server, document, params)
        if REWRITE in wanted:
            actions += _on_code(server, document, params)
        if REWRITE in wanted and not _is_cursor(document, params.range):
            _expect(server, document, params.range)
        return [_as_known(server, action) for action in actions]


def _is_wanted(kind: str, only: Any) -> bool:
    """Whether the client asks for actions of this kind; `refactor` stands for all kinds that begin with it."""
    if only is None:
        return True
    names = [str(getattr(each, "value", each)) for each in only]
    return any(not name or f"{kind}.".startswith(f"{name}.") for name in names)


def _on_diagnostics(
    server: PhiLanguageServer, document: Document, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    for each in params.context.diagnostics[:MAX_DIAGNOSTICS]:
        place = {"start": _plain(each.range.start), "end": _plain(each.range.end)}
        message = each.message if isinstance(each.message, str) else each.message.value
        title = say("Explain: {message}", message=_short(message))
        action = _explain(server, title, document, QUICK_FIX, diagnostic={"range": place, "message": message})
        action.diagnostics = [each]
        yield action


def _on_code(
    server: PhiLanguageServer, document: Document, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    start, end = params.range.start, params.range.end
    line, column = document.clamp(start)
    if not _is_cursor(document, params.range):
        span = {"start": _plain(start), "end": _plain(end)}
        yield _explain(server, say("Explain the selection"), document, REWRITE, range=span)
    elif name := word_of(document, line, column):
        yield _explain(server, say("Explain {name}", name=_short(name)), document, REWRITE, position=_plain(start))
    target = target_at(document, line, column) if docstring.takes_edits(server) else None
    if target is not None:
        again = say("Rewrite the documentation of {name}", name=_short(target.name))
        title = again if target.exists else say("Write documentation for {name}", name=_short(target.name))
        yield _action(title, document, REWRITE, docstring.COMMAND, position=_plain(start))


def _is_cursor(document: Document, span: types.Range) -> bool:
    """Whether no more is marked than a word: Helix's cursor is a character wide, Emacs marks the word at its cursor."""
    (line, start), (last, end) = document.clamp(span.start), document.clamp(span.end)
    return line == last and (end - start <= 1 or document.lines[line][start:end].isidentifier())


def _explain(server: PhiLanguageServer, title: str, document: Document, kind: str, **what: Any) -> types.CodeAction:
    """Return the action; the server shows what it returns, unless the client has said that it does so itself."""
    show = {} if shows_results(server) else {"show": True}
    return _action(title, document, kind, explain.COMMAND, **what, **show)


def _action(title: str, document: Document, kind: str, command: str, **what: Any) -> types.CodeAction:
    arguments = [{"textDocument": {"uri": document.uri}, **what}]
    return types.CodeAction(
        title=title, kind=types.CodeActionKind(kind), command=types.Command(title, command, arguments=arguments)
    )


def _as_known(server: PhiLanguageServer, action: types.CodeAction) -> types.CodeAction | types.Command:
    """Return the action as the client knows it: a bare command for old ones, with the model's tag for new ones."""
    document = server.client_capabilities.text_document
    can = document.code_action if document else None
    if not (can and can.code_action_literal_support) and action.command is not None:
        return action.command
    tags = can.tag_support.value_set if can and can.tag_support else ()
    if types.CodeActionTag.LlmGenerated in tags:
        action.tags = [types.CodeActionTag.LlmGenerated]
    return action


def _expect(server: PhiLanguageServer, document: Document, span: types.Range) -> None:
    """Have the prompt computed that the explanation of a selection begins with."""
    subject = explain.subject_of_range(server, document, span)
    if subject.code.strip():
        server.ahead.selected(Question(subject=subject, language=spoken_language(server.session, server.locale)))


def _plain(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_TITLE_CHARS else f"{line[: MAX_TITLE_CHARS - 1].rstrip()}…"
