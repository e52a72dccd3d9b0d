"""A document whose declaration gets documentation out of a model's answer, as an editor would show it then."""

from __future__ import annotations

from phi_ls.answers.docstring import question_about, replacement, target_at
from phi_ls.answers.explanation import Explanation
from phi_ls.answers.question import Question
from phi_ls.documents import Document
from phi_ls.text import line_endings

URI = "file:///project/file"
CURSOR = "‸"
"""In the text of a test: where the cursor stands; it is no part of the document."""


def marked(text: str, language: str) -> tuple[Document, int, int]:
    """Return the document, and the line and column of the cursor in it."""
    before, _, behind = text.partition(CURSOR)
    document = Document(URI, 1, language, before + behind)
    lines, _endings = line_endings.split(before)
    return document, len(lines) - 1, len(lines[-1])


def documented(text: str, language: str, answer: str, *, finish: str = "stop") -> str | None:
    """Return the text with the documentation; None if there is nothing to document, or nothing fit in the answer."""
    document, line, column = marked(text, language)
    target = target_at(document, line, column)
    said = Explanation(text=answer, model="m", finish_reason=finish)
    made = replacement(document, target, said) if target is not None else None
    if made is None:
        return None
    (first, start), (last, end) = made.start, made.end
    _lines, endings = line_endings.split(document.text)
    head = line_endings.join([*document.lines[:first], document.lines[first][:start]], [*endings[:first], ""])
    tail = line_endings.join([document.lines[last][end:], *document.lines[last + 1 :]], endings[last:])
    return head + made.text + tail


def asked(text: str, language: str) -> Question | None:
    """Return what the model is asked for the declaration at the cursor."""
    document, line, column = marked(text, language)
    target = target_at(document, line, column)
    return question_about(document, target, "file", "en") if target is not None else None
