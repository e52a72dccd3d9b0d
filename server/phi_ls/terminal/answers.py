"""complete, hover and explain on the terminal: text for people, or one JSON object."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from collections.abc import Coroutine
from typing import Any

import typer
from lsprotocol import types
from phi_providers.errors import ProviderError
from phi_providers.messages import ModelProfile, Usage

from phi_ls.context.paths import excluded
from phi_ls.decisions import Drop, Reason
from phi_ls.explanations import Explanation, explain_lines, explain_symbol
from phi_ls.hover_facts import facts_at
from phi_ls.session import Session
from phi_ls.suggest import Shown, suggest
from phi_ls.terminal.places import Cursor, Lines
from phi_ls.terminal.session import Choice, terminal_session

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
    snapshot = document.snapshot(types.Position(cursor.line, cursor.column), path=document.uri.rpartition("/")[2])
    async with terminal_session(choice) as session:
        outcome: Shown | Drop | None = _refused(session, cursor)
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
    async with terminal_session(choice) as session:
        facts = facts_at(cursor.document, cursor.line, cursor.column)
        if facts is None:
            drop = Drop(reason=Reason.EMPTY, detail="there is no symbol at this place")
            _print_drop(drop, session, choice, as_json=as_json)
            return NOTHING
        path = cursor.document.uri.rpartition("/")[2]
        explanation = await explain_symbol(session, cursor.document, facts, path=path)
        text = f"{facts.text}\n\n{explanation.labelled}" if facts.text else explanation.labelled
        _print(text, _report(choice, text, explanation.profile, explanation.usage), as_json=as_json)
    return ANSWERED


async def _explain(lines: Lines, choice: Choice, *, as_json: bool) -> int:
    def show(delta: str) -> None:
        if not as_json:
            sys.stdout.write(delta)
            sys.stdout.flush()

    path = lines.document.uri.rpartition("/")[2]
    async with terminal_session(choice) as session:
        explanation: Explanation = await explain_lines(
            session, lines.document, lines.first, lines.last, path=path, on_delta=show
        )
        report = _report(choice, explanation.text, explanation.profile, explanation.usage)
        if as_json:
            _print("", report, as_json=True)
        else:
            typer.echo("")
            if explanation.note:
                typer.echo(f"({explanation.note})", err=True)
        return ANSWERED if explanation.text.strip() else NOTHING


def _refused(session: Session, cursor: Cursor) -> Drop | None:
    if excluded(cursor.document.uri, session.settings.exclude, []):
        return Drop(reason=Reason.EXCLUDED, detail="the file's name matches a pattern of the setting 'exclude'")
    return cursor.document.refusal


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
