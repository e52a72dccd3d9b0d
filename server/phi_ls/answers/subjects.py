"""From a place in a document to what an explanation is about."""

from __future__ import annotations

from dataclasses import replace

from phi_ls.context.secrets import masked, masked_lines
from phi_ls.context.symbols import SymbolFacts, word_at
from phi_ls.documents import Document
from phi_ls.prompts.family import ExplainSubject

LINES_ABOVE = 30
LINES_AROUND_DIAGNOSTIC = 8
LINES_AROUND_USE = 6
MAX_DEFINITION_LINES = 120
"""More of a definition than this does not help a small model to say what it is."""


def of_lines(document: Document, first: int, last: int, path: str, diagnostics: tuple[str, ...] = ()) -> ExplainSubject:
    """Return lines `first` to `last` of a document, from 0, both included, with what stands above them.

    Keys and passwords are masked, in diagnostics as well.
    """
    return ExplainSubject(
        path=path,
        language=document.language,
        code="\n".join(masked_lines(document.lines[first : last + 1])),
        above="\n".join(masked_lines(document.lines[max(0, first - LINES_ABOVE) : first])),
        diagnostics=tuple("\n".join(masked_lines(each.split("\n"))) for each in diagnostics),
    )


def of_diagnostic(document: Document, first: int, last: int, message: str, path: str) -> ExplainSubject:
    """Return the lines around a diagnostic, with its message."""
    start = max(0, first - LINES_AROUND_DIAGNOSTIC)
    return of_lines(document, start, last + LINES_AROUND_DIAGNOSTIC, path, (message,))


def of_symbol(document: Document, line: int, column: int, path: str, facts: SymbolFacts | None) -> ExplainSubject:
    """Return the definition of the word at a place, or, where it is not defined here, the lines around its use."""
    name = word_of(document, line, column)
    if facts is None:
        subject = of_lines(document, max(0, line - LINES_AROUND_USE), line + LINES_AROUND_USE, path)
    else:
        last = min(facts.last_line, facts.first_line + MAX_DEFINITION_LINES - 1)
        subject = of_lines(document, facts.first_line, last, path)
    return replace(subject, name=name)


def word_of(document: Document, line: int, column: int) -> str:
    """Return the word at a place, empty if there is none."""
    text = masked(document.lines[line])
    span = word_at(text, column)
    return text[slice(*span)] if span else ""
