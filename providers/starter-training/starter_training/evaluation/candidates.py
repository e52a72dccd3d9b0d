"""Places in a file where a person may have stopped typing, by kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from starter_training.evaluation.syntax import Source, nodes

LINE_START, MID_LINE, MID_IDENTIFIER = "line start", "mid-line", "mid-identifier"
ARGUMENTS, CLOSED_ARGUMENTS, BODY = "call arguments", "call arguments, closed", "empty body"
SINGLE_KINDS = (LINE_START, MID_LINE, MID_IDENTIFIER, ARGUMENTS, CLOSED_ARGUMENTS)

MAX_LINE, MAX_TRUTH, MIN_TRUTH = 160, 120, 3
"""Characters."""
MAX_BODY_LINES = 10
"""The product shows at most twelve lines."""
MIN_NAME = 4

_PROSE = re.compile(r"comment|string|template|heredoc|regex|escape|jsx_text|interpolation|hash_bang|[\"'`]")
_CALLS = ("call", "call_expression", "new_expression")
_BLOCKS = ("block", "statement_block")
_FUNCTIONS = re.compile(r"function|method_definition")
_CLOSERS = re.compile(r"[\s)\]};:,{]*")


@dataclass(frozen=True, kw_only=True)
class Place:
    """The cursor is at `start`; the text up to `end` has not been written yet."""

    kind: str
    start: int
    end: int


def places(source: Source) -> Iterator[Place]:
    """Yield the places of all kinds, those whose rest is worth a suggestion; prose is left out."""
    rows: set[int] = set()
    commented = {row for node in nodes(source.root) if "comment" in node.type for row in _rows(node)}
    for node in nodes(source.root):
        if node.type in _BLOCKS:
            yield from _bodies(source, node)
        if node.start_point.row in commented:
            continue
        if node.type in _CALLS:
            yield from _arguments(source, node)
        if not node.children and node.start_point.row == node.end_point.row:
            yield from _at_token(source, node, rows)


def _rows(node: Node) -> range:
    return range(node.start_point.row, node.end_point.row + 1)


def _at_token(source: Source, leaf: Node, rows: set[int]) -> Iterator[Place]:
    row = leaf.start_point.row
    first = row not in rows and not source.lines[row][: source.span(leaf)[0] - source.starts[row]].strip()
    rows.add(row)
    if _is_prose(leaf):
        return
    start, end = source.span(leaf)
    if first:
        yield from _rest(source, row, LINE_START, start)
    yield from _rest(source, row, MID_LINE, end)
    if "identifier" in leaf.type:
        for cut in range(start + 1, end) if end - start >= MIN_NAME else ():
            yield from _rest(source, row, MID_IDENTIFIER, cut)


def _is_prose(leaf: Node) -> bool:
    parent = leaf.parent
    return bool(_PROSE.search(leaf.type)) or (parent is not None and bool(_PROSE.search(parent.type)))


def _rest(source: Source, row: int, kind: str, start: int) -> Iterator[Place]:
    """Yield the place if the rest of the line is neither too long nor too little."""
    end = source.line_end(row)
    truth = source.text[start:end]
    if len(source.lines[row]) <= MAX_LINE and _is_worth_writing(truth):
        yield Place(kind=kind, start=start, end=end)


def _is_worth_writing(truth: str) -> bool:
    return len(truth.strip()) >= MIN_TRUTH and len(truth) <= MAX_TRUTH and re.search(r"\w", truth) is not None


def _arguments(source: Source, call: Node) -> Iterator[Place]:
    arguments = call.child_by_field_name("arguments")
    if arguments is None or not arguments.children or arguments.children[0].type != "(":
        return
    opener, closer = arguments.children[0], arguments.children[-1]
    row, start = opener.end_point.row, source.offset(opener.end_point)
    yield from _rest(source, row, ARGUMENTS, start)
    end = source.offset(closer.start_point)
    same_row = closer.type == ")" and closer.start_point.row == row and len(source.lines[row]) <= MAX_LINE
    closers_only = _CLOSERS.fullmatch(source.text[end : source.line_end(row)]) is not None
    if same_row and closers_only and _is_worth_writing(source.text[start:end]):
        yield Place(kind=CLOSED_ARGUMENTS, start=start, end=end)


def _bodies(source: Source, block: Node) -> Iterator[Place]:
    """Yield a function's body, both from behind what opens it and from where the next line's first word goes."""
    inside = [node for node in block.children if node.type not in ("{", "}")]
    if block.parent is None or not _FUNCTIONS.search(block.parent.type) or not inside or _is_documented(inside[0]):
        return
    start, end = source.span(inside[0])[0], source.span(inside[-1])[1]
    opened = len(source.text[:start].rstrip())
    if "\n" not in source.text[opened:start] or source.text[opened - 1] not in ":{":
        return
    lines = source.text[start:end].count("\n") + 1
    alone = not source.text[end:].partition("\n")[0].strip()
    if lines <= MAX_BODY_LINES and alone and all(len(line) <= MAX_LINE for line in source.text[start:end].split("\n")):
        yield Place(kind=BODY, start=start, end=end)
        yield Place(kind=BODY, start=opened, end=end)


def _is_documented(statement: Node) -> bool:
    return statement.type == "expression_statement" and statement.children[0].type == "string"
