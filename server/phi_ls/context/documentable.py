"""What at a place in a document can have documentation, and where that documentation stands or would stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from phi_ls.context.comments_above import BELONGS_BELOW, above
from phi_ls.context.declarations import WRAPPERS, ancestors, body_of, first_of, name_in, whole
from phi_ls.context.syntax import Parsed

_OF_PYTHON = ("function_definition", "class_definition")
_WITHIN = re.compile("function|method|lambda|arrow|constructor|closure")
_NOT_DOCUMENTED = re.compile("namespace|package|mod_item|import")
_BYTES_OR_FORMAT = re.compile("[bfBF]")


@dataclass(frozen=True, kw_only=True)
class Documentable:
    """A declaration and the span that its documentation takes; lines from 0, columns in bytes of UTF-8."""

    name: str
    first_line: int
    last_line: int
    """The whole declaration, decorators and body, without a comment above."""
    start: tuple[int, int]
    end: tuple[int, int]
    """What the documentation replaces: the one that is there, or nothing but blanks."""
    exists: bool
    """Whether documentation is there."""
    breaks: tuple[bool, bool] = (False, False)
    """Whether a line break and indentation must be put before the documentation, and behind it."""
    deeper: bool = False
    """Whether it stands one level deeper than the line that the declaration begins in."""
    indent_line: int = 0
    """The line that is indented as the documentation is; with `deeper` one level less."""


def documentable(parsed: Parsed, language: str, line: int, column: int) -> Documentable | None:
    """Return the innermost declaration at a place that can have documentation; `column` in bytes of UTF-8.

    Where there is none, that of the line's beginning: a cursor at the end of a line may be behind all of it.
    """
    text = parsed.source.split(b"\n", line + 1)[line]
    indent = len(text) - len(text.lstrip())
    for at in (max(column, indent), indent):
        for node in ancestors(_node_at(parsed, line, at)):
            found = _declaration_in(node, language)
            name = name_in(found) if found is not None else None
            if found is not None and name is not None:
                named = parsed.source[name.start_byte : name.end_byte].decode("utf-8", "replace")
                if language == "python":
                    return _inside(parsed.source, found, named)
                return _above(parsed.source, found, named, language)
    return None


def _node_at(parsed: Parsed, line: int, column: int) -> Node | None:
    """Return the innermost node at a place; for a comment or an attribute what stands below it."""
    node = parsed.tree.root_node.descendant_for_point_range((line, column), (line, column))
    above_something = [outer for outer in ancestors(node) if BELONGS_BELOW.search(outer.type)]
    node = above_something[-1] if above_something else node
    while node is not None and BELONGS_BELOW.search(node.type) and node.next_named_sibling is not None:
        node = node.next_named_sibling
    return node


def _declaration_in(node: Node, language: str) -> Node | None:
    """Return the node if it can have documentation, or what can in a node that merely wraps it."""
    if node.type in WRAPPERS and name_in(node) is None:
        inner = [found for child in node.named_children if (found := _declaration_in(child, language)) is not None]
        return inner[0] if len(inner) == 1 else None
    if language == "python":
        return node if node.type in _OF_PYTHON and name_in(node) is not None else None
    if _NOT_DOCUMENTED.search(node.type) or name_in(node) is None:
        return None
    local = any(_WITHIN.search(outer.type) for outer in ancestors(node.parent))
    return node if body_of(node) is not None or not local else None


def _above(source: bytes, declaration: Node, name: str, language: str) -> Documentable:
    outer = whole(declaration)
    first = first_of(outer)
    found = above(source, first, language)
    comments = found.documentation
    start = comments[0].start_point if comments else found.top.start_point
    end = _end_of(source, comments[-1]) if comments else start
    return Documentable(
        name=name,
        first_line=first.start_point.row,
        last_line=outer.end_point.row,
        start=_pair(start),
        end=_pair(end),
        exists=bool(comments),
        breaks=(False, not comments),
        indent_line=start[0],
    )


def _end_of(source: bytes, comment: Node) -> tuple[int, int]:
    """Return where a comment ends, without the line feed that Rust's grammar counts to it."""
    row, column = comment.end_point
    if source[comment.start_byte : comment.end_byte].endswith(b"\n"):
        return comment.start_point.row, comment.start_point.column + comment.end_byte - comment.start_byte - 1
    return row, column


def _pair(point: tuple[int, int]) -> tuple[int, int]:
    return point[0], point[1]


def _inside(source: bytes, declaration: Node, name: str) -> Documentable | None:
    colon = next((child for child in reversed(declaration.children) if child.type == ":"), None)
    body = body_of(declaration)
    if colon is None:
        return None
    row = declaration.start_point.row
    header = source.split(b"\n", colon.end_point.row + 1)[colon.end_point.row]
    statements = list(body.named_children) if body is not None else []
    docstring = _docstring(source, statements[0]) if statements else None
    below = bool(statements) and statements[0].start_point.row > colon.end_point.row
    at_end = (colon.end_point.row, len(header))
    start, end, breaks = at_end, at_end, (True, False)
    if docstring is not None:
        start, end, breaks = _pair(docstring.start_point), _pair(docstring.end_point), (False, False)
    elif statements and not below:
        start, end, breaks = _pair(colon.end_point), _pair(statements[0].start_point), (True, True)
    return Documentable(
        name=name,
        first_line=whole(declaration).start_point.row,
        last_line=declaration.end_point.row,
        start=start,
        end=end,
        exists=docstring is not None,
        breaks=breaks,
        deeper=not below,
        indent_line=statements[0].start_point.row if below else row,
    )


def _docstring(source: bytes, statement: Node) -> Node | None:
    """Return the expression that Python takes for a docstring: one string or several in a row, also in parentheses."""
    value = statement.named_children[0] if statement.named_child_count == 1 else None
    found = value
    while found is not None and found.type == "parenthesized_expression" and found.named_child_count == 1:
        found = found.named_children[0]
    if (
        statement.type != "expression_statement"
        or found is None
        or not all(_is_text(source, s) for s in _strings(found))
    ):
        return None
    return value if found.type in ("string", "concatenated_string") else None


def _strings(node: Node) -> Iterator[Node]:
    yield from node.named_children if node.type == "concatenated_string" else (node,)


def _is_text(source: bytes, node: Node) -> bool:
    mark = source[node.start_byte : node.start_byte + 4].decode("utf-8", "replace")
    return node.type == "comment" or not _BYTES_OR_FORMAT.search(re.split("['\"]", mark)[0])
