"""Functions of the test corpus with their docstrings: what an explanation could say, in their authors' words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from phi_ls.answers.subjects import of_lines
from phi_ls.documents import Document
from phi_ls.prompts.subject import ExplainSubject
from starter_training.evaluation.corpus import PYTHON, SourceFile, spread
from starter_training.evaluation.syntax import Source, nodes, parse

MIN_CHARS, MAX_CHARS = 30, 400
MIN_LINES, MAX_LINES = 4, 60
PER_FILE = 2

_NO_SENTENCE = re.compile(r"[:@]\w+|>>>|\.\. |see |deprecated", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Documented:
    """A function in a document from which its docstring has been taken."""

    file: SourceFile
    text: str
    """The document."""
    first: int
    """The function's first line in it, from 0."""
    last: int
    docstring: str
    """Its first paragraph, on one line."""

    @property
    def subject(self) -> ExplainSubject:
        """What the product's prompt is about when it is asked to explain the function."""
        document = Document("", 1, self.file.language, self.text)
        return of_lines(document, self.first, self.last, self.file.path)

    @property
    def code(self) -> str:
        """The function."""
        return "\n".join(self.text.split("\n")[self.first : self.last + 1])


def documented(files: Sequence[SourceFile], count: int, seed: str) -> list[Documented]:
    """Return so many functions, package by turn."""
    found: list[Documented] = []
    for file in spread(files, PYTHON, seed):
        source = parse(file.text, file.language)
        found += [] if source.root.has_error else list(_functions(file, source))[:PER_FILE]
        if len(found) >= count:
            break
    return found[:count]


def _functions(file: SourceFile, source: Source) -> Iterator[Documented]:
    for node in nodes(source.root):
        string = _docstring(node) if node.type == "function_definition" else None
        if string is None:
            continue
        paragraph = _first_paragraph(source.text[slice(*source.span(string))])
        first, last = node.start_point.row, node.end_point.row
        above, below = string.start_point.row, string.end_point.row
        alone = not source.lines[above][: string.start_point.column].strip() and last > below
        lines = last - first - (below - above)
        if alone and MIN_CHARS <= len(paragraph) <= MAX_CHARS and MIN_LINES <= lines <= MAX_LINES:
            text = "\n".join(source.lines[:above] + source.lines[below + 1 :])
            yield Documented(file=file, text=text, first=first, last=first + lines - 1, docstring=paragraph)


def _docstring(function: Node) -> Node | None:
    body = function.child_by_field_name("body")
    statement = body.named_child(0) if body is not None and body.named_child_count else None
    if statement is None or statement.type != "expression_statement":
        return None
    return statement.named_child(0) if statement.named_child_count and statement.children[0].type == "string" else None


def _first_paragraph(literal: str) -> str:
    """Return the first paragraph of a docstring as one line; empty if it is no sentence about the code."""
    content = re.sub(r"^[a-zA-Z]*(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$", "", literal)
    paragraph = " ".join(inspect.cleandoc(content).split("\n\n")[0].split())
    return "" if _NO_SENTENCE.match(paragraph) else paragraph
