"""complete, hover and explain on the terminal: text for people, or one JSON object."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from collections.abc import Coroutine
from typing import Any
from urllib.parse import unquote

import typer
from lsprotocol import types

from phi_ls.context.paths import excluded
from phi_ls.context.symbols import symbol_facts
from phi_ls.decisions import Drop, Reason
from phi_ls.documents import Document
from phi_ls.explanation import Explanation
from phi_ls.explanations import OnDelta, Question, ask, ignore
from phi_ls.hover_text import join, labelled, plain_facts
from phi_ls.markdown import plain_text
from phi_ls.session import Session
from phi_ls.subjects import of_lines, of_symbol, word_of
from phi_ls.suggest import Shown, suggest
from phi_ls.terminal.places import Cursor, Lines
from phi_ls.terminal.session import Choice, terminal_session
from phi_providers.errors import ProviderError
from phi_providers.messages import ModelProfile, Usage

ANSWERED, NOTHING, NO_PROVIDER = 0, 1, 3
"""Exit codes; 2, a usage error, is typer's."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What `--json` prints; the names are part of the contract."""

    text: str = ""
    model: str = ""
    engine: str = ""
    device: str = ""
    requested_device: str = ""
    prompt_tokens: int = 0
    tokens_reused: int = 0
    new_tokens: int = 0
    first_token_ms: float = 0.0
    total_ms: float = 0.0
    finish_reason: str = ""
    dropped_reason: str | None = None


def complete(cursor: Cursor, choice: Choice, *, as_json: bool) -> None:
    """Print what would be suggested at a cursor."""
    _run(_complete(cursor, choice, as_json=as_json))


def hover(cursor: Cursor, choice: Choice, *, as_json: bool) -> None:
    """Print what is known of a symbol."""
    _run(_hover(cursor, choice, as_json=as_json))


def explain(lines: Lines, choice: Choice, *, as_json: bool) -> None:
    """Print an explanation as it is written."""
    _run(_explain(lines, choice, as_json=as_json))


def _run(command: Coroutine[Any, Any, int]) -> None:
    try:
        code = asyncio.run(command)
    except ProviderError as exc:
        typer.echo(f"phi-ls: {exc}", err=True)
        raise typer.Exit(NO_PROVIDER) from exc
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    raise typer.Exit(code)


async def _complete(cursor: Cursor, choice: Choice, *, as_json: bool) -> int:
    document = cursor.document
    snapshot = document.snapshot(types.Position(cursor.line, cursor.column), path=_name(document))
    async with terminal_session(choice) as session:
        outcome: Shown | Drop | None = _refused(session, document)
        if outcome is None:
            outcome = await suggest(session, snapshot, invoked=True)
        if isinstance(outcome, Drop):
            _print_drop(outcome, session, choice, as_json=as_json)
            return NO_PROVIDER if outcome.reason is Reason.NO_PROVIDER else NOTHING
        if outcome.generation is None:
            raise AssertionError("unreachable")
        # The text is there a token before the engine has told what it cost.
        await outcome.generation.task
        stream = outcome.generation.stream
        _print(outcome.text, _report(choice, outcome.text, stream.profile, stream.usage), as_json=as_json)
    return ANSWERED


async def _hover(cursor: Cursor, choice: Choice, *, as_json: bool) -> int:
    document, line, column = cursor.document, cursor.line, cursor.column
    async with terminal_session(choice) as session:
        drop = _refused(session, document)
        if drop is None and not word_of(document, line, column):
            drop = Drop(reason=Reason.EMPTY, detail="there is no symbol at this place")
        if drop is not None:
            _print_drop(drop, session, choice, as_json=as_json)
            return NOTHING
        facts = symbol_facts(document.text, line, column, document.language)
        subject = of_symbol(document, line, column, _name(document), facts)
        explanation = await _answer(session, Question(subject=subject, language=_language(session), brief=True))
        text = join(plain_facts(facts) if facts else "", labelled(explanation, markdown=False))
        _print(text, _report(choice, text, explanation.profile, explanation.usage), as_json=as_json)
    return ANSWERED


async def _explain(lines: Lines, choice: Choice, *, as_json: bool) -> int:
    def show(delta: str) -> None:
        if not as_json:
            sys.stdout.write(plain_text(delta))
            sys.stdout.flush()

    async with terminal_session(choice) as session:
        if drop := _refused(session, lines.document):
            _print_drop(drop, session, choice, as_json=as_json)
            return NOTHING
        subject = of_lines(lines.document, lines.first, lines.last, _name(lines.document))
        explanation = await _answer(session, Question(subject=subject, language=_language(session)), show)
        report = _report(choice, plain_text(explanation.text), explanation.profile, explanation.usage)
        _print("", report, as_json=as_json)
        if explanation.note and not as_json:
            typer.echo(f"({explanation.model}: {explanation.note})", err=True)
        return ANSWERED if explanation.text else NOTHING


async def _answer(session: Session, question: Question, on_delta: OnDelta = ignore) -> Explanation:
    answer = ask(session, question, on_delta)
    return answer if isinstance(answer, Explanation) else await answer.task


def _language(session: Session) -> str:
    model = session.pool.model
    setting = session.settings.language
    return "en" if setting == "auto" or (model is not None and not model.chat) else setting


def _name(document: Document) -> str:
    return unquote(document.uri.rpartition("/")[2])


def _refused(session: Session, document: Document) -> Drop | None:
    if excluded(document.uri, session.settings.exclude, []):
        return Drop(reason=Reason.EXCLUDED, detail="the file's name matches a pattern of the setting 'exclude'")
    return document.refusal


def _report(choice: Choice, text: str, profile: ModelProfile | None, usage: Usage | None) -> Report:
    usage = usage or Usage(finish_reason="")
    return Report(
        text=text,
        model=profile.model if profile else "",
        engine=profile.engine if profile else "",
        device=profile.device if profile else "",
        requested_device=choice.device,
        prompt_tokens=usage.prompt_tokens,
        tokens_reused=usage.tokens_reused,
        new_tokens=usage.new_tokens,
        first_token_ms=round(usage.first_token_ms, 2),
        total_ms=round(usage.total_ms, 2),
        # The server stops a generation as soon as it has enough: for the user, that is the end of it.
        finish_reason="stop" if usage.finish_reason == "cancelled" else usage.finish_reason,
    )


def _print(text: str, report: Report, *, as_json: bool) -> None:
    typer.echo(json.dumps(dataclasses.asdict(report)) if as_json else text)


def _print_drop(drop: Drop, session: Session, choice: Choice, *, as_json: bool) -> None:
    report = dataclasses.replace(_report(choice, "", session.pool.profile, None), dropped_reason=drop.reason.value)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report)))
    typer.echo(f"nothing to suggest: {drop.reason.value}" + (f" ({drop.detail})" if drop.detail else ""), err=True)
