"""Static facts about the word under the cursor: its definition in the same document, without any model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from phi_ls.context import definition_lines, definitions
from phi_ls.context.definitions import SymbolFacts
from phi_ls.context.syntax import Syntax

__all__ = ["SymbolFacts", "finished", "symbol_facts", "word_at"]

MAX_CHARS = 1_000_000
"""Longer documents have no static facts."""

MAX_WORD = 200
MAX_SIGNATURE_CHARS, MAX_DOCUMENTATION_CHARS = 1_000, 4_000

_XML_TAG = re.compile(r"</?[A-Za-z][\w.-]*(?:\s[^<>]*)?/?>")
"""In the comments of C#, which are written in XML."""

_WORD = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")


def word_at(line: str, column: int) -> tuple[int, int] | None:
    """Return the columns of the word that the cursor is in or right behind."""
    if len(line) > MAX_CHARS:
        return None
    # Only the neighbourhood: a line may be a minified program.
    first = max(0, column - MAX_WORD)
    for match in _WORD.finditer(line, first, min(len(line), column + MAX_WORD)):
        if match.start() <= column <= match.end():
            return match.span()
    return None


def symbol_facts(
    lines: Sequence[str], line: int, column: int, language: str, syntax: Syntax | None = None
) -> SymbolFacts | None:
    """Return what the document says about the word at this place; None where it says nothing. Never raises.

    `syntax`: what is known of the document's tree, which is brought up to date.
    """
    span = word_at(lines[line], column) if 0 <= line < len(lines) else None
    if span is None or sum(map(len, lines)) > MAX_CHARS:
        return None
    word = lines[line][slice(*span)]
    parsed = (syntax or Syntax(language)).of(lines)
    if parsed is None:
        found = definition_lines.find(lines, word, line)
    else:
        found = definitions.find(parsed, word, (line, len(lines[line][: span[0]].encode("utf-8", "replace"))))
    return finished(found, lines, language) if found else None


def finished(facts: SymbolFacts, lines: Sequence[str], language: str) -> SymbolFacts:
    """Return the facts with the comment above, where there is no docstring, and no longer than anybody reads."""
    documentation = facts.documentation or definition_lines.comment_above(lines, facts.first_line)
    if language == "csharp":
        documentation = _XML_TAG.sub("", documentation).strip()
    return replace(
        facts,
        signature=_shortened(facts.signature, MAX_SIGNATURE_CHARS),
        documentation=_shortened(documentation, MAX_DOCUMENTATION_CHARS),
    )


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rstrip() + " …"
