"""FILE:LINE:COLUMN and FILE:FIRST-LAST, read and checked against the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import typer

from phi_ls.documents import Document
from phi_ls.terminal.languages import language_of

MAX_BYTES = 32 * 1024 * 1024
"""More of a file is not read; a document of a quarter of that is refused as too large."""


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
    found = re.fullmatch(r"(.+):([0-9]{1,9}):([0-9]{1,9})", text, re.DOTALL)
    if not found:
        raise typer.BadParameter(f"'{text}' is not FILE:LINE:COLUMN, for example app.py:12:5")
    name, line, column = found[1], int(found[2]), int(found[3])
    document = _read(name)
    if document.refusal:
        # Too large, or no text: whoever is asked for an answer says so, and a place in it means nothing.
        return Cursor(document=document, line=0, column=0)
    if not 1 <= line <= len(document.lines):
        raise typer.BadParameter(f"{name} has lines 1 to {len(document.lines)}; there is no line {line}")
    width = len(document.lines[line - 1])
    if not 1 <= column <= width + 1:
        raise typer.BadParameter(f"line {line} of {name} has columns 1 to {width + 1}, not {column}")
    return Cursor(document=document, line=line - 1, column=column - 1)


def lines(text: str) -> Lines:
    """Return the lines that FILE, FILE:LINE or FILE:FIRST-LAST names; raises typer.BadParameter."""
    found = re.fullmatch(r"(.+):([0-9]{1,9})(?:-([0-9]{1,9}))?", text, re.DOTALL)
    if found is None or _is_file(text):  # a name may end like a place
        document = _read(text)
        return Lines(document=document, first=0, last=len(document.lines) - 1)
    document = _read(found[1])
    first, last = int(found[2]), int(found[3] or found[2])
    count = len(document.lines)
    if not document.refusal and not 1 <= first <= last <= count:
        raise typer.BadParameter(f"{found[1]} has lines 1 to {count}; {first}-{last} is not among them")
    return Lines(document=document, first=first - 1, last=last - 1)


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:
        return False


def _read(name: str) -> Document:
    path = Path(name)
    try:
        _check(path, name)
        with path.open("rb") as file:
            content = file.read(MAX_BYTES)
    except OSError as exc:
        raise typer.BadParameter(f"'{name}' cannot be read: {exc.strerror}") from exc
    # Line endings stay as they are: the document finds its own.
    text = content.decode("utf-8-sig", errors="replace")
    return Document(path.resolve().as_uri(), 0, language_of(path), text, "utf-32")


def _check(path: Path, name: str) -> None:
    """Raise typer.BadParameter unless it is a regular file: a pipe or a device may never end."""
    if path.is_dir():
        raise typer.BadParameter(f"'{name}' is a directory; name a file in it")
    if not path.exists():
        raise typer.BadParameter(f"there is no file '{name}'")
    if not path.is_file():
        raise typer.BadParameter(f"'{name}' is not a regular file")
