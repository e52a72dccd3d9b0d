"""Pairs of a function and what its author says about it, for training on the product's own questions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from starter_training.documents import Document

SHORTEST, LONGEST = 25, 400
"""Characters of a description that says something and does not ramble."""
MOST_CODE = 2_400

_SECTIONS = (
    r":\w+", r"@\w+", r"\.\. ", ">>>", "Args?:", "Arguments:", r"Parameters?\b", r"Returns?:", "Raises:",
    r"Examples?\b", r"Notes?\b", r"Usage\b", r"See also", "Yields:", "Attributes:", "Warning", "-{3,}", "={3,}", "```",
)  # fmt: skip
_SECTION = re.compile(rf"\n\s*(?:{'|'.join(_SECTIONS)})", re.IGNORECASE)

_JSDOC = re.compile(
    r"^([ \t]*)/\*\*((?:[^*]|\*(?!/))+)\*/\n"  # the comment
    r"((?:\1)(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\*?\s+)?(?:static\s+)?"  # what may stand in front
    r"([A-Za-z_$][\w$]*)[^\n]*\{\n"
    r"(?:(?:\1[ \t][^\n]*)?\n){1,60}\1\}[^\n]*)",  # deeper or blank lines, and the closing brace
    re.MULTILINE,
)


@dataclass(frozen=True)
class Explained:
    """A function or class and its description."""

    document: Document
    name: str
    code: str
    description: str


def pairs(document: Document) -> Iterator[Explained]:
    """Yield the described functions and classes of a file."""
    found = _python(document) if document.language == "python" else _javascript(document)
    for name, code, raw in found:
        description = plain(raw)
        if SHORTEST <= len(description) <= LONGEST and len(code) <= MOST_CODE and code.count("\n") >= 1:
            yield Explained(document, name, code, description)


def plain(raw: str) -> str:
    """Return the first paragraphs of a description in one line each, without parameters, sections and markup."""
    text = _SECTION.split("\n" + raw.strip("\n"))[0].strip()
    text = re.sub(r":\w+(?::\w+)*:`~?([^`<]+)(?:<[^>]*>)?`", r"`\1`", text).replace("``", "`")
    text = re.sub(r"\{@link(?:code)?\s+([^}|\s]+)[^}]*\}", r"`\1`", text)
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text)]
    kept = paragraphs[0] if paragraphs else ""
    if len(kept) < LONGEST / 2 and len(paragraphs) > 1 and paragraphs[1].endswith("."):
        kept = f"{kept} {paragraphs[1]}"
    usable = kept[:1].isalpha() and kept.isascii() and "http" not in kept
    return kept if usable and (kept[-1].isalpha() or kept[-1] in ".`)") else ""


def _python(document: Document) -> Iterator[tuple[str, str, str]]:
    try:
        tree = ast.parse(document.text)
    except (SyntaxError, ValueError, RecursionError):
        return
    lines = document.text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and len(node.body) > 1:
            documented = ast.get_docstring(node)
            if documented and node.end_lineno:
                stated = node.body[0]
                rows = lines[node.lineno - 1 : stated.lineno - 1] + lines[(stated.end_lineno or 0) : node.end_lineno]
                yield node.name, "\n".join(rows), documented


def _javascript(document: Document) -> Iterator[tuple[str, str, str]]:
    for match in _JSDOC.finditer(document.text):
        raw = "\n".join(line.strip().lstrip("*").strip() for line in match[2].split("\n"))
        if match[4] not in ("if", "for", "while", "switch", "return"):
            yield match[4], match[3], raw
