"""Definitions found in a syntax tree, by the fields `name` and `body` that tree-sitter grammars share."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tree_sitter import Node

from phi_ls.context.declarations import (
    WRAPPERS,
    ancestors,
    body_of,
    declaration_of,
    first_of,
    is_member,
    is_scope,
    name_in,
    says_less,
    scope_name,
    whole,
)
from phi_ls.context.syntax import Parsed

MAX_OCCURRENCES = 300
"""Places where the word stands that are looked at."""

_HOLDERS = frozenset(
    {"expression_statement", "field_declaration", "linkage_specification", "preproc_if", "preproc_ifdef"}
)
"""Nodes without a name in which declarations of the level above stand."""

_USING = ("type", "value", "right", "body", "return_type", "default_value")
_BINDING = ("left", "pattern", "alias")
"""Fields of what names a variable: with its use on one side, and its name on the other."""


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


@dataclass(frozen=True)
class Offered:
    """A definition that other files may use."""

    facts: SymbolFacts
    member: bool
    """Whether it is used behind a dot."""
    less: bool
    """Whether another one of the same name says more, as a function does than its prototype."""


def offered(parsed: Parsed, word: str) -> list[Offered]:
    """Return the definitions of a word at the document's top level and in its classes."""
    source, found = parsed.source, []
    for definition, name in _names(parsed.tree.root_node, source, word):
        if not any(_is_function(node) for node in ancestors(definition.parent)):
            found.append(Offered(_facts(source, definition, name), is_member(definition, name), says_less(definition)))
    return found


def is_local(parsed: Parsed, word: str) -> bool:
    """Whether the word is a parameter or a variable somewhere in the document."""
    return any(_is_bound(name) for name in _occurrences(parsed.tree.root_node, parsed.source, word))


def find(parsed: Parsed, word: str, cursor: tuple[int, int]) -> SymbolFacts | None:
    """Return the definition of `word` that is meant at the cursor (line from 0, bytes of UTF-8)."""
    source, root = parsed.source, parsed.tree.root_node
    offset = _offset(source, *cursor)
    around = {node.id for node in ancestors(root.descendant_for_byte_range(offset, offset))}
    chosen = _chosen(list(_names(root, source, word)), around, offset, attribute=source[:offset].endswith(b"."))
    return _facts(source, *chosen) if chosen else None


def outline(parsed: Parsed) -> list[SymbolFacts]:
    """Return what a document defines for others to use: at its top level and in its classes."""
    return [_facts(parsed.source, *pair) for pair in _offered(parsed.tree.root_node)]


def _offset(source: bytes, line: int, column: int) -> int:
    start = 0
    for _ in range(line):
        start = source.find(b"\n", start) + 1
    return start + column


def _offered(scope: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the declarations right in a scope and in the classes there, each with the node of its name."""
    for node in scope.named_children:
        if node.type in WRAPPERS or node.type in _HOLDERS:
            yield from _offered(node)
        name = name_in(node)
        if name is not None:
            yield node, name
        body = node.child_by_field_name("body")
        if body is not None and not _is_function(node):
            yield from _offered(body)


def _names(root: Node, source: bytes, word: str) -> Iterator[tuple[Node, Node]]:
    """Yield each definition of the word with the node of its name."""
    for name in _occurrences(root, source, word):
        if definition := declaration_of(name):
            yield definition, name


def _occurrences(root: Node, source: bytes, word: str) -> Iterator[Node]:
    pattern = re.compile(rb"(?<![\w$])" + re.escape(word.encode("utf-8", "replace")) + rb"(?![\w$])")
    for count, match in enumerate(pattern.finditer(source)):
        if count >= MAX_OCCURRENCES:
            return
        name = root.descendant_for_byte_range(*match.span())
        if name is not None and name.byte_range == match.span():
            yield name


def _is_bound(name: Node) -> bool:
    """Whether this is where a parameter or a variable gets its name."""
    inner = name
    for node in islice(ancestors(name.parent), 3):
        if any(node.child_by_field_name(field) == inner for field in _USING):
            return False
        if "parameter" in node.type or any(node.child_by_field_name(field) == inner for field in _BINDING):
            return True
        inner = node
    return False


def _is_function(node: Node) -> bool:
    return any(word in node.type for word in ("function", "method", "constructor", "lambda", "closure"))


def _chosen(
    found: list[tuple[Node, Node]], around: set[int], offset: int, *, attribute: bool
) -> tuple[Node, Node] | None:
    """Return the definition that shares the innermost scope with the cursor, of equals the last one before it."""

    def rank(candidate: tuple[Node, Node]) -> tuple[bool, int, bool, bool, int]:
        definition, name = candidate
        shared = sum(node.id in around for node in ancestors(definition))
        before = name.start_byte <= offset
        place = name.start_byte if before else -name.start_byte
        return name.start_byte == offset, shared, not says_less(definition), before, place

    # `other.word` may be anything's: only what is a member itself, and only when there is no second one.
    if attribute:
        members = [pair for pair in found if is_member(*pair)]
        own = [pair for pair in members if _class_of(pair[0]) in around]
        found = own or (members if len(members) == 1 else [])
    return max(found, key=rank, default=None)


def _class_of(definition: Node) -> int:
    return next((node.id for node in ancestors(definition.parent) if "class" in node.type), 0)


def _facts(source: bytes, definition: Node, name: Node) -> SymbolFacts:
    outer = whole(definition)
    first = first_of(outer)
    body = body_of(definition)
    end = _end_of_declaration(body) if body is not None else outer.end_byte
    return SymbolFacts(
        name=_text(source, name),
        line=name.start_point.row,
        signature=_signature(source[first.start_byte : end]),
        documentation=_docstring(source, body) or "",
        scopes=_scopes(source, definition),
        first_line=first.start_point.row,
        last_line=outer.end_point.row,
    )


def _end_of_declaration(body: Node) -> int:
    """Return where the declaration ends, less what stands between it and the body: a comment, a constructor's list."""
    before = body.prev_sibling
    while before is not None and ("comment" in before.type or before.type == "field_initializer_list"):
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
    names = [scope_name(node) for node in ancestors(definition.parent) if is_scope(node)]
    return tuple(reversed([_text(source, name) for name in names if name is not None]))
