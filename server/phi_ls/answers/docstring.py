"""Documentation of a declaration: what the model is asked for, and the edit that its answer makes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from phi_ls.answers.docstring_style import render, style_of
from phi_ls.answers.docstring_text import text_of
from phi_ls.answers.explanation import Explanation
from phi_ls.answers.question import Question
from phi_ls.answers.subjects import MAX_DEFINITION_LINES, of_lines
from phi_ls.context.documentable import Documentable, documentable
from phi_ls.context.grammars import parse
from phi_ls.documents import Document


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """A text for a span of a document; lines and columns from 0, columns in code points."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def target_at(document: Document, line: int, column: int) -> Documentable | None:
    """Return what can be documented at a place, or None."""
    parsed = document.syntax.of(document.lines) if style_of(document.language) is not None else None
    if parsed is None:
        return None
    return documentable(parsed, document.language, line, len(document.lines[line][:column].encode("utf-8", "replace")))


def question_about(document: Document, target: Documentable, path: str, language: str) -> Question:
    """Return what asks for the documentation, in the language with this tag."""
    last = min(target.last_line, target.first_line + MAX_DEFINITION_LINES - 1)
    subject = of_lines(document, target.first_line, last, path)
    return Question(subject=replace(subject, name=target.name), language=language, documents=True)


def replacement(document: Document, target: Documentable, explanation: Explanation) -> Replacement | None:
    """Return the edit that an answer makes; None if nothing in the answer is fit for it."""
    style = style_of(document.language)
    code = "\n".join(document.lines[target.first_line : target.last_line + 1])
    said = text_of(explanation.text, code, cut_short=explanation.finish_reason != "stop")
    if style is None or not said:
        return None
    indent = _indent(document, target)
    lines = render(said, style, indent)
    if not lines:
        return None
    before, behind = (f"{document.eol}{indent}" if there else "" for there in target.breaks)
    start, end = (_characters(document, place) for place in (target.start, target.end))
    made = Replacement(start=start, end=end, text=before + document.eol.join(lines) + behind)
    return made if _parses_as_before(document, made) else None


def _indent(document: Document, target: Documentable) -> str:
    line = document.lines[target.indent_line]
    return line[: len(line) - len(line.lstrip())] + (document.indent_unit if target.deeper else "")


def _characters(document: Document, place: tuple[int, int]) -> tuple[int, int]:
    row, column = place
    return row, len(document.lines[row].encode("utf-8", "replace")[:column].decode("utf-8", "replace"))


def _parses_as_before(document: Document, made: Replacement) -> bool:
    """Whether a document without syntax errors still has none."""
    parsed = document.syntax.of(document.lines)
    if parsed is None or not parsed.whole or parsed.tree.root_node.has_error:
        return True
    (first, column), (last, end) = made.start, made.end
    inserted = made.text.replace("\r\n", "\n").replace("\r", "\n")
    changed = document.lines[first][:column] + inserted + document.lines[last][end:]
    text = "\n".join([*document.lines[:first], changed, *document.lines[last + 1 :]])
    after = parse(text.encode("utf-8", "replace"), document.language)
    return after is None or not after[1] or not after[0].root_node.has_error
