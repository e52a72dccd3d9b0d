"""Frames as lines of JSON, `{"frame": <class name>, ...fields}`, checked field by field when read.

Imports the standard library and `messages` alone, so that a worker may run in another interpreter.
"""

from __future__ import annotations

import enum
import json
import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from phi_providers.messages import PROTOCOL_VERSION, Frame

_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})

_KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Frame)}


class BadFrame(ValueError):
    """A line that is no frame of this protocol version."""


def encode_frame(frame: Frame) -> bytes:
    """Return the frame as one line of JSON in ASCII, so that no character of a text can end the line early."""
    return json.dumps({"frame": type(frame).__name__, **_plain(frame)}, separators=(",", ":")).encode() + b"\n"


def decode_frame(line: bytes) -> Frame:
    """Return the frame in one line; raises BadFrame for anything that is not exactly one."""
    try:
        data = json.loads(line)
        kind = _KINDS[data.pop("frame")]
        frame: Frame = _build(kind, data)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as exc:
        raise BadFrame(f"not a frame of protocol {PROTOCOL_VERSION}: {type(exc).__name__}: {exc}") from exc
    return frame


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if is_dataclass(kind):
        return {name: _plain(getattr(value, name)) for name in _names(kind)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    """Return `value` checked against, and turned into, the annotation `kind`; raises TypeError or ValueError."""
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]  # mypy types a dataclass as its instance here
        return kind(**{name: _build(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _build(next(a for a in args if a is not type(None)), value)
    if origin is tuple:
        return tuple(_build(args[0], item) for item in _checked(list, value))
    if origin is dict:
        return {_checked(str, key): _build(args[1], item) for key, item in _checked(dict, value).items()}
    if kind is Any:
        return value
    if issubclass(kind, enum.Enum):
        return kind(value)
    return float(value) if kind is float and type(value) is int else _checked(kind, value)


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, got {type(value).__name__}")
    return value
