"""FILE:LINE:COLUMN and FILE:FIRST-LAST, read and checked against the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import typer

from phi_ls.documents import Document
from phi_ls.terminal.languages import language_of

MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """A place in a file; line and column from 0."""

    document: Document
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Some lines of a file, from 0, the last one included."""

    document: Document
    first: int
    last: int


def cursor(text: str) -> Cursor:
    """Return the place that FILE:LINE:COLUMN names; raises typer.BadParameter."""
    found = re.fullmatch(r"(.+):(\d+):(\d+)", text, re.DOTALL)
    if not found:
        raise typer.BadParameter(f"'{text}' is not FILE:LINE:COLUMN, for example app.py:12:5")
    document = _read(found[1])
    line, column = int(found[2]) - 1, int(found[3]) - 1
    if not 0 <= line < len(document.lines):
        raise typer.BadParameter(f"{found[1]} has lines 1 to {len(document.lines)}; there is no line {found[2]}")
    width = len(document.lines[line])
    if not 0 <= column <= width:
        raise typer.BadParameter(f"line {found[2]} of {found[1]} has columns 1 to {width + 1}, not {found[3]}")
    return Cursor(document=document, line=line, column=column)


def lines(text: str) -> Lines:
    """Return the lines that FILE or FILE:FIRST-LAST names; raises typer.BadParameter."""
    found = re.fullmatch(r"(.+?)(?::(\d+)(?:-(\d+))?)?", text, re.DOTALL)
    if not found:
        raise typer.BadParameter("an empty name")
    document = _read(found[1])
    count = len(document.lines)
    first = int(found[2] or 1)
    last = int(found[3] or found[2] or count)
    if not 1 <= first <= last <= count:
        raise typer.BadParameter(f"{found[1]} has lines 1 to {count}; {first}-{last} is not among them")
    return Lines(document=document, first=first - 1, last=last - 1)


def _read(name: str) -> Document:
    path = Path(name)
    try:
        if not path.is_file():
            raise typer.BadParameter(f"there is no file '{name}'" if not path.exists() else f"'{name}' is not a file")
        if path.stat().st_size > MAX_BYTES:
            raise typer.BadParameter(f"'{name}' is larger than {MAX_BYTES // 2**20} MB")
        # `newline=""`: the document finds its own line endings.
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            text = file.read()
    except OSError as exc:
        raise typer.BadParameter(f"'{name}' cannot be read: {exc.strerror}") from exc
    return Document(path.resolve().as_uri(), 0, language_of(path), text, "utf-32")
