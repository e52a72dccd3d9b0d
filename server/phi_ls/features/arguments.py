"""Arguments of commands: one object, checked field by field; what is wrong is said in a sentence."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams


def as_object(arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Return the one object that a command takes, empty if none was sent; raises JsonRpcInvalidParams."""
    if not arguments or arguments == (None,):
        return {}
    if len(arguments) != 1 or not isinstance(arguments[0], dict):
        raise JsonRpcInvalidParams("the command takes one object")
    return arguments[0]


def document_uri(options: dict[str, Any]) -> str:
    """Return `textDocument.uri`; raises JsonRpcInvalidParams."""
    document = options.get("textDocument")
    uri = document.get("uri") if isinstance(document, dict) else None
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("'textDocument.uri' must be a string")
    return uri


def position(value: Any, name: str = "position") -> types.Position:
    """Return a position; raises JsonRpcInvalidParams."""
    if not isinstance(value, dict):
        raise JsonRpcInvalidParams(f"'{name}' must be an object")
    line, character = (_natural(value.get(field), f"{name}.{field}") for field in ("line", "character"))
    return types.Position(line, character)


def span(value: Any, name: str = "range") -> types.Range:
    """Return a range; raises JsonRpcInvalidParams."""
    if not isinstance(value, dict):
        raise JsonRpcInvalidParams(f"'{name}' must be an object")
    return types.Range(position(value.get("start"), f"{name}.start"), position(value.get("end"), f"{name}.end"))


def _natural(value: Any, name: str) -> int:
    # LSP's `uinteger`; `True` is no number.
    if type(value) is not int or not 0 <= value < 2**31:
        raise JsonRpcInvalidParams(f"'{name}' must be a whole number from 0")
    return value
