"""Which node of a syntax tree declares a name, in the words of the grammars; what they share is not listed."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

MAX_DEPTH = 200
"""Nodes between a name and the document that are looked at; deeper text is not written by people."""

_NAMING = ("name", "declarator", "left", "field", "method")
"""Fields in which a declaration holds its name, or what leads to it."""

_BODYLESS = frozenset({
    # JavaScript and TypeScript
    "abstract_method_signature", "enum_declaration", "function_signature", "interface_declaration", "method_signature",
    "property_signature", "public_field_definition", "type_alias_declaration", "variable_declarator",
    # Go
    "const_spec", "field_declaration", "method_elem", "type_alias", "type_spec", "var_spec",
    # Rust
    "const_item", "enum_variant", "function_signature_item", "macro_definition", "static_item", "struct_item",
    "type_item", "union_item",
    # Java and C#
    "constant_declaration", "delegate_declaration", "enum_constant", "enum_member_declaration", "event_declaration",
    "method_declaration", "property_declaration", "record_declaration",
    # C and C++
    "alias_declaration", "concept_definition", "declaration", "enumerator", "preproc_def", "preproc_function_def",
    "type_definition",
    # Bash and Lua
    "variable_assignment",
})  # fmt: skip
"""Nodes that declare their name although they have no body."""

_FIELDLESS = frozenset({"assignment_statement", "parenthesized_declarator", "reference_declarator"})
"""Nodes whose first child is what they name."""

_LISTS = frozenset({"const_spec", "declaration", "field_declaration", "type_definition", "var_spec", "variable_list"})
"""Nodes that may declare several names at once."""

_PROTOTYPES = frozenset({"declaration", "field_declaration", "function_signature_item", "method_declaration"})

_USES = frozenset({"struct_expression"})
"""Nodes with a name and a body that declare nothing."""

_THROUGH = frozenset({
    "array_declarator", "attributed_declarator", "dot_index_expression", "function_declarator", "init_declarator",
    "method_index_expression", "parenthesized_declarator", "pointer_declarator", "qualified_identifier",
    "reference_declarator", "variable_list",
})  # fmt: skip
"""Nodes that stand between a name and its declaration."""

_LOCAL_ALSO = frozenset({"assignment", "assignment_statement", "variable_assignment"})
"""`NAME = value`, which declares something outside functions; inside it would be any local variable."""

_FUNCTIONS = frozenset({"function_definition", "function_declaration", "lambda", "lambda_expression"})

WRAPPERS = frozenset({
    "ambient_declaration", "const_declaration", "decorated_definition", "event_field_declaration", "export_statement",
    "lexical_declaration", "template_declaration", "type_declaration", "var_declaration", "variable_declaration",
})  # fmt: skip
"""Nodes around a declaration that belong to it: decorators, modifiers, keywords."""

_GROUPS = frozenset({"const_declaration", "type_declaration", "var_declaration"})
"""Those of Go, which may hold many declarations that have nothing to do with each other."""


def ancestors(node: Node | None) -> Iterator[Node]:
    """Yield the node and what holds it, innermost first."""
    for _ in range(MAX_DEPTH):
        if node is None:
            return
        yield node
        node = node.parent


def declaration_of(name: Node) -> Node | None:
    """Return the node that declares this name; None if the name is only used here."""
    inner = name
    for node in ancestors(name.parent):
        if not _leads_to(node, inner):
            return None
        if node.type not in _THROUGH:
            return node if _declares(node) else None
        inner = node
    return None


def whole(declaration: Node) -> Node:
    """Return the declaration with what belongs to it."""
    node = declaration
    while node.parent is not None and _wraps(node.parent, node):
        node = node.parent
    return node


def first_of(declaration: Node) -> Node:
    """Return the first of the attributes in front of a declaration that are no part of its node, or itself."""
    first = declaration
    while first.prev_sibling is not None and first.prev_sibling.type == "attribute_item":
        first = first.prev_sibling
    return first


def name_in(declaration: Node) -> Node | None:
    """Return the node of the name that a declaration declares, the first one if there are several."""
    node: Node | None = declaration
    for _ in range(MAX_DEPTH):
        if node is None or (node is not declaration and node.type not in _THROUGH):
            break
        fields = (node.child_by_field_name(field) for field in _NAMING)
        node = next((child for child in fields if child is not None), None) or _only_child(node)
    is_name = node is not None and not node.named_child_count and declaration_of(node) == declaration
    return node if is_name else None


def body_of(declaration: Node) -> Node | None:
    """Return the body of a declaration, also that of a function which is the value of a variable."""
    for field in ("body", "accessors"):
        if body := declaration.child_by_field_name(field):
            return body
    value = declaration.child_by_field_name("value")
    if value is None and declaration.type == "assignment_statement":
        value = _only_child(declaration.named_children[-1])
    return value.child_by_field_name("body") if value is not None else None


def is_member(declaration: Node, name: Node) -> bool:
    """Whether the name is one behind a dot: a method, a field."""
    named_within = name.parent is not None and name.parent.type in ("dot_index_expression", "method_index_expression")
    own_kind = declaration.type in ("field_declaration", "method_elem", "enum_member_declaration")
    # A Go method has its class in front of its name.
    return named_within or own_kind or declaration.child_by_field_name("receiver") is not None or is_inside(declaration)


def says_less(declaration: Node) -> bool:
    """Whether another declaration of the same name says more: what a prototype announces, a constructor's class."""
    if declaration.type == "function_definition" and declaration.child_by_field_name("declarator") is not None:
        return declaration.child_by_field_name("type") is None
    return declaration.type == "constructor_declaration" or (
        declaration.type in _PROTOTYPES and body_of(declaration) is None
    )


def is_inside(declaration: Node) -> bool:
    """Whether something with a name stands around the declaration."""
    return any(is_scope(node) for node in ancestors(declaration.parent))


def is_scope(node: Node) -> bool:
    """Whether the node has a name and a body."""
    return scope_name(node) is not None and node.child_by_field_name("body") is not None


def scope_name(node: Node) -> Node | None:
    """Return the name of a class, a function, an implementation."""
    name = node.child_by_field_name("name")
    if name is None and node.type == "impl_item":
        return node.child_by_field_name("type")
    return name_in(node) if name is None and node.type == "function_definition" else name


def _declares(node: Node) -> bool:
    if node.type in _LOCAL_ALSO:
        around = {outer.type for outer in ancestors(node.parent)}
        # Lua says of a variable that it is one; where it does not, the name may be anything's.
        return not around & _FUNCTIONS or (node.type == "assignment_statement" and "variable_declaration" in around)
    if node.type in _USES:
        return False
    return node.type in _BODYLESS or node.type == "function_definition" or node.child_by_field_name("body") is not None


def _leads_to(node: Node, child: Node) -> bool:
    """Whether the child stands in the node where its name does."""
    if node.type in _FIELDLESS:
        return node.named_child(0) == child
    if node.type in _LISTS:
        return any(child in node.children_by_field_name(field) for field in _NAMING)
    return any(node.child_by_field_name(field) == child for field in _NAMING)


def _wraps(outer: Node, inner: Node) -> bool:
    if outer.type == "field_declaration":  # of Java and C#, where it holds the one that declares
        return inner.type in WRAPPERS or inner.type == "variable_declarator"
    if outer.type in _GROUPS and sum(child.type == inner.type for child in outer.named_children) > 1:
        return False
    return outer.type in WRAPPERS


def _only_child(node: Node) -> Node | None:
    # `named_child` raises IndexError for a child that is not there.
    return node.named_child(0) if node.named_child_count else None
