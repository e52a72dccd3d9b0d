"""The definition of the word at a place: in the document itself, or in another one that is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from phi_ls.answers.subjects import MAX_DEFINITION_LINES, of_lines, of_symbol
from phi_ls.context import elsewhere
from phi_ls.context.passages import OpenFile
from phi_ls.context.symbols import SymbolFacts, symbol_facts
from phi_ls.documents import Document, Documents
from phi_ls.prompts.subject import ExplainSubject


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What is known of a word without any model, and what a model is asked about."""

    facts: SymbolFacts | None
    """None where neither the document nor another open one says anything."""
    subject: ExplainSubject
    elsewhere: str = ""
    """What the other document is called; empty if it is this one."""


def definition_at(
    document: Document, line: int, column: int, path: str, documents: Documents, files: Iterable[OpenFile]
) -> Definition:
    """Return what the word at this place means; `files` are the open documents that a model may see."""
    facts = symbol_facts(document.lines, line, column, document.language, document.syntax)
    if facts is None:
        found = elsewhere.find(document.as_open_file(path), line, column, files)
        other = documents.get(found.file.uri) if found else None
        if found is not None and other is not None:
            return Definition(facts=found.facts, subject=_of(other, found), elsewhere=found.file.path)
    return Definition(facts=facts, subject=of_symbol(document, line, column, path, facts))


def _of(document: Document, found: elsewhere.Elsewhere) -> ExplainSubject:
    """Return the same subject as at the definition itself, so that it is the same question."""
    facts = found.facts
    last = min(facts.last_line, facts.first_line + MAX_DEFINITION_LINES - 1)
    return replace(of_lines(document, facts.first_line, last, found.file.path), name=facts.name)
