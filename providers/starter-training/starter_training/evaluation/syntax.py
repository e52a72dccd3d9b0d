"""Syntax trees of whole files, however long it takes: the product's own parser stops at a time limit."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tree_sitter import Language, Node, Parser

_GRAMMARS = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "javascriptreact": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "typescriptreact": ("tree_sitter_typescript", "language_tsx"),
}


@cache
def _language(name: str) -> Language:
    module, factory = _GRAMMARS[name]
    return Language(getattr(importlib.import_module(module), factory)())


@dataclass(frozen=True)
class Source:
    """A parsed text; places in it are counted in characters, those of the tree in bytes."""

    text: str
    root: Node
    lines: list[str]
    starts: list[int]
    """Offset of each line's first character."""

    def offset(self, point: tuple[int, int]) -> int:
        """Return the offset of a tree's point."""
        row, column = point
        line = self.lines[row]
        return self.starts[row] + (column if line.isascii() else len(line.encode()[:column].decode()))

    def span(self, node: Node) -> tuple[int, int]:
        """Return where a node begins and ends."""
        return self.offset(node.start_point), self.offset(node.end_point)

    def line_end(self, row: int) -> int:
        """Return the offset behind the last character of a line that is not blank."""
        return self.starts[row] + len(self.lines[row].rstrip())


def parse(text: str, language: str) -> Source:
    """Return the parsed text."""
    tree = Parser(_language(language)).parse(text.encode("utf-8", "replace"))
    lines = text.split("\n")
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return Source(text, tree.root_node, lines, starts)


def errors(text: str, language: str) -> int:
    """Return how many nodes of the tree are errors, or were made up to repair the text."""
    root = parse(text, language).root
    return sum(node.is_error or node.is_missing for node in nodes(root)) if root.has_error else 0


def nodes(root: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the text."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(node.children)
