"""complete, hover and explain on the terminal: text for people, or one JSON object."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Union
from urllib.parse import unquote

import typer
from lsprotocol import types

from phi_ls.answers.explanation import Explanation
from phi_ls.answers.explanations import OnDelta, ask, ignore
from phi_ls.answers.hover_text import join, labelled, plain_facts
from phi_ls.answers.question import Question
from phi_ls.answers.subjects import of_lines, of_symbol, word_of
from phi_ls.answers.suggest import Shown, suggest
from phi_ls.context.symbols import symbol_facts
from phi_ls.decisions import Drop, Reason
from phi_ls.documents import Document
from phi_ls.markdown import plain_text
from phi_ls.session import Session
from phi_ls.spoken import spoken_language
from phi_ls.terminal import output
from phi_ls.terminal.places import Cursor, Lines
from phi_ls.terminal.report import Report, report_of, report_of_drop
from phi_ls.terminal.session import Choice, terminal_session
from phi_providers.device_names import same_device
from phi_providers.errors import ProviderError
from phi_providers.messages import Urgency
from phi_providers.models.manifest import ModelError

WAIT_S = 600.0
"""Somebody who asks on a terminal waits for a large model to load and to read the prompt, and can press Ctrl-C."""

ANSWERED, NOTHING, NO_PROVIDER = 0, 1, 3
"""Exit codes; 2, a usage error, is typer's."""

Answer = Union[Report, Drop]
Command = Callable[[Session], Awaitable[Answer]]


def complete(cursor: Cursor, choice: Choice, *, as_json: bool) -> None:
    """Print what would be suggested at a cursor; ends with typer.Exit, like all of these."""
    answer = _run(lambda session: _complete(session, cursor), choice, as_json=as_json)
    output.write("" if as_json else f"{answer.text}\n")


def hover(cursor: Cursor, choice: Choice, *, as_json: bool) -> None:
    """Print what is known of a symbol."""
    answer = _run(lambda session: _hover(session, cursor), choice, as_json=as_json)
    output.write("" if as_json else f"{answer.text}\n")


def explain(lines: Lines, choice: Choice, *, as_json: bool) -> None:
    """Print an explanation as it is written."""
    show = ignore if as_json else output.write_piece
    _run(lambda session: _explain(session, lines, show), choice, as_json=as_json)


def _run(command: Command, choice: Choice, *, as_json: bool) -> Report:
    """Return the report of the answer, printed if it is to be JSON; raises typer.Exit when there is none."""
    try:
        answer, report = asyncio.run(_answered(command, choice))
    except ModelError as exc:
        output.note(str(exc))
        raise typer.Exit(NO_PROVIDER) from exc
    if as_json:
        output.write(report.json())
    if isinstance(answer, Report):
        return answer
    output.note(f"{answer.reason.value}: {answer.detail}" if answer.detail else answer.reason.value)
    raise typer.Exit(NO_PROVIDER if answer.reason is Reason.NO_PROVIDER else NOTHING)


async def _answered(command: Command, choice: Choice) -> tuple[Answer, Report]:
    async with terminal_session(choice) as session:
        try:
            answer = await command(session)
        except ProviderError as exc:
            answer = Drop(reason=Reason.NO_PROVIDER, detail=str(exc))
        report = report_of_drop(session, answer) if isinstance(answer, Drop) else answer
        _note_stand_in(session, report)
        return answer, report


def _note_stand_in(session: Session, report: Report) -> None:
    """Say it when another model, engine or device than the user's choice is at work."""
    status, wanted = session.pool.status(), session.settings
    for given_up in status.given_up:
        if report.model and given_up.model != report.model:
            output.note(f"{report.model} has answered, not {given_up.model}: {given_up.cause}")
            return
        if report.engine and wanted.engine not in ("auto", report.engine):
            output.note(f"{report.engine} has answered, not {wanted.engine}: {given_up.cause}")
            return
    requested = report.requested_device
    if report.device and requested != "auto" and not same_device(requested, report.device):
        profiles = [session.pool.profile_for(urgency) for urgency in Urgency]
        profile = next((each for each in profiles if each is not None and each.device == report.device), None)
        why = (profile.device_reason if profile else "") or status.trouble
        output.note(f"{report.device} has answered, not {requested}: {why or 'it could not be used'}")


async def _complete(session: Session, cursor: Cursor) -> Answer:
    document = cursor.document
    if drop := session.refusal(document):
        return drop
    snapshot = document.snapshot(types.Position(cursor.line, cursor.column), path=_name(document))
    outcome = await suggest(session, snapshot, invoked=True, within_s=WAIT_S)
    if isinstance(outcome, Drop):
        return outcome
    return await _shown(session, outcome)


async def _shown(session: Session, shown: Shown) -> Report:
    if shown.generation is None:
        raise AssertionError("a session that has just begun has nothing to serve again")
    # The text is there a token before the engine has told what it cost.
    await shown.generation.task
    stream = shown.generation.stream
    return report_of(session, shown.text, stream.profile, stream.usage)


async def _hover(session: Session, cursor: Cursor) -> Answer:
    document, line, column = cursor.document, cursor.line, cursor.column
    if drop := session.refusal(document):
        return drop
    if not word_of(document, line, column):
        return Drop(reason=Reason.EMPTY, detail="there is no symbol at this place")
    facts = symbol_facts(document.lines, line, column, document.language, document.syntax)
    subject = of_symbol(document, line, column, _name(document), facts)
    explanation = await _answer(session, Question(subject=subject, language=spoken_language(session), brief=True))
    text = join(plain_facts(facts) if facts else "", labelled(explanation, markdown=False))
    return report_of(session, text, explanation.profile, explanation.usage)


async def _explain(session: Session, lines: Lines, show: OnDelta) -> Answer:
    if drop := session.refusal(lines.document):
        return drop
    subject = of_lines(lines.document, lines.first, lines.last, _name(lines.document))
    if not subject.code.strip():
        return Drop(reason=Reason.EMPTY, detail="there is nothing in these lines")
    explanation = await _answer(session, Question(subject=subject, language=spoken_language(session)), show)
    if not explanation.text:
        return Drop(reason=Reason.EMPTY, detail="the model said nothing")
    show("\n")
    if explanation.note:
        output.note(f"{explanation.model}: {explanation.note}")
    return report_of(session, plain_text(explanation.text), explanation.profile, explanation.usage)


async def _answer(session: Session, question: Question, on_delta: OnDelta = ignore) -> Explanation:
    answer = await ask(session, question, on_delta)
    return answer if isinstance(answer, Explanation) else await answer.task


def _name(document: Document) -> str:
    return unquote(document.uri.rpartition("/")[2])
