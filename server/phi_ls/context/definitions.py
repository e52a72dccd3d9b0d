"""Definitions found in a syntax tree, by the fields `name` and `body` that tree-sitter grammars share."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from phi_ls.context.grammars import parse

MAX_OCCURRENCES = 300
"""Places where the word stands that are looked at."""

MAX_DEPTH = 200
"""Nodes between a name and the document that are looked at; deeper text is not written by people."""

_BODYLESS = frozenset({
    "abstract_method_signature", "enum_declaration", "function_signature", "interface_declaration", "method_signature",
    "property_signature", "public_field_definition", "type_alias_declaration", "variable_declarator",
})  # fmt: skip
_WRAPPERS = frozenset({
    "decorated_definition", "export_statement", "lexical_declaration", "variable_declaration", "ambient_declaration",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SymbolFacts:
    r"""A definition; lines and columns from 0, columns in code points, text with lines joined by \n."""

    name: str
    line: int
    """The line that the definition's name stands on."""
    signature: str
    """Decorators and declaration, up to the body."""
    documentation: str = ""
    """The docstring, or the comment right above."""
    scopes: tuple[str, ...] = ()
    """Names of the classes and functions around the definition, outermost first."""
    first_line: int
    last_line: int
    """The whole definition, decorators and body, as far as it is known."""


def has_grammar(language: str) -> bool:
    """Whether documents of this language can be parsed."""
    return parse(b"", language) is not None


def find(lines: Sequence[str], word: str, cursor: tuple[int, int], language: str) -> SymbolFacts | None:
    """Return the definition of `word` that is meant at the cursor (line, column in code points)."""
    source = "\n".join(lines).encode("utf-8", "replace")
    tree = parse(source, language)
    if tree is None:
        return None
    line, column = cursor
    offset = len("\n".join((*lines[:line], lines[line][:column])).encode("utf-8", "replace"))
    around = {node.id for node in _ancestors(tree.root_node.descendant_for_byte_range(offset, offset))}
    names = list(_names(tree.root_node, source, word))
    chosen = _chosen(names, around, offset, attribute=source[:offset].endswith(b"."))
    return _facts(source, *chosen) if chosen else None


def _names(root: Node, source: bytes, word: str) -> Iterator[tuple[Node, Node]]:
    """Yield each definition of the word with the node of its name."""
    pattern = re.compile(rb"(?<![\w$])" + re.escape(word.encode("utf-8", "replace")) + rb"(?![\w$])")
    for count, match in enumerate(pattern.finditer(source)):
        if count >= MAX_OCCURRENCES:
            return
        name = root.descendant_for_byte_range(*match.span())
        definition = name.parent if name is not None else None
        if (
            name is not None
            and definition is not None
            and name.byte_range == match.span()
            and _defines(definition, name)
        ):
            yield definition, name


def _defines(definition: Node, name: Node) -> bool:
    if definition.child_by_field_name("name") == name:
        return definition.child_by_field_name("body") is not None or definition.type in _BODYLESS
    # Python's `NAME = value` has no name field; inside a function it would be any local variable.
    if definition.type == "assignment" and definition.child_by_field_name("left") == name:
        return not any(node.type in ("function_definition", "lambda") for node in _ancestors(definition))
    return False


def _chosen(
    found: list[tuple[Node, Node]], around: set[int], offset: int, *, attribute: bool
) -> tuple[Node, Node] | None:
    """Return the definition that shares the innermost scope with the cursor, of equals the last one before it."""

    def rank(candidate: tuple[Node, Node]) -> tuple[bool, int, bool, int]:
        definition, name = candidate
        shared = sum(node.id in around for node in _ancestors(definition))
        before = name.start_byte <= offset
        return name.start_byte == offset, shared, before, name.start_byte if before else -name.start_byte

    # `other.word` may be anything's: only what is a member itself, and only when there is no second one.
    if attribute:
        members = [pair for pair in found if _is_member(pair[0])]
        own = [pair for pair in members if _class_of(pair[0]) in around]
        found = own or (members if len(members) == 1 else [])
    return max(found, key=rank, default=None)


def _is_member(definition: Node) -> bool:
    return any(_is_scope(node) for node in _ancestors(definition.parent))


def _is_scope(node: Node) -> bool:
    return node.child_by_field_name("name") is not None and node.child_by_field_name("body") is not None


def _class_of(definition: Node) -> int:
    return next((node.id for node in _ancestors(definition.parent) if "class" in node.type), 0)


def _facts(source: bytes, definition: Node, name: Node) -> SymbolFacts:
    outer = definition
    while outer.parent is not None and outer.parent.type in _WRAPPERS:
        outer = outer.parent
    body = _body(definition)
    end = _end_of_declaration(body) if body is not None else definition.end_byte
    return SymbolFacts(
        name=_text(source, name),
        line=name.start_point.row,
        signature=_signature(source[outer.start_byte : end]),
        documentation=_docstring(source, body) or "",
        scopes=_scopes(source, definition),
        first_line=outer.start_point.row,
        last_line=outer.end_point.row,
    )


def _body(definition: Node) -> Node | None:
    """Return the body, also that of a function which is the value of a variable."""
    body = definition.child_by_field_name("body")
    value = definition.child_by_field_name("value")
    return value.child_by_field_name("body") if body is None and value is not None else body


def _end_of_declaration(body: Node) -> int:
    """Return where the declaration ends, less a comment that stands in front of the body."""
    before = body.prev_sibling
    while before is not None and "comment" in before.type:
        before = before.prev_sibling
    return before.end_byte if before is not None else body.start_byte


def _signature(declaration: bytes) -> str:
    return inspect.cleandoc(declaration.decode("utf-8", "replace")).rstrip(" \t\n{")


def _text(source: bytes, node: Node) -> str:
    # Not `Node.text`: it reads through the parser's callback again, and spins for ever once that gives no more.
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _docstring(source: bytes, body: Node | None) -> str | None:
    first = _first_child(body) if body is not None and body.type == "block" else None
    string = _first_child(first) if first is not None and first.type == "expression_statement" else None
    if string is None or string.type != "string":
        return None
    content = "".join(_text(source, child) for child in string.children if child.type == "string_content")
    return inspect.cleandoc(content)


def _first_child(node: Node) -> Node | None:
    # `named_child` raises IndexError for a child that is not there: the body of a `def` that is just being typed.
    return node.named_child(0) if node.named_child_count else None


def _scopes(source: bytes, definition: Node) -> tuple[str, ...]:
    names = []
    for node in _ancestors(definition.parent):
        name = node.child_by_field_name("name")
        if name is not None and _is_scope(node):
            names.append(_text(source, name))
    return tuple(reversed(names))


def _ancestors(node: Node | None) -> Iterator[Node]:
    """Yield the node and what holds it, innermost first."""
    for _ in range(MAX_DEPTH):
        if node is None:
            return
        yield node
        node = node.parent
