"""Frames as lines of JSON: what goes in comes out, and nothing else is let in."""

from __future__ import annotations

import enum
import json
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phi_providers.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Control,
    Frame,
    Hello,
    Part,
    Piece,
    Request,
    Run,
)
from phi_providers.wire import BadFrame, decode_frame, encode_frame

any_text = st.text(st.characters(exclude_categories=()))
"""Lone surrogates too: an editor may send half of a pair."""

huge_or_small = st.integers(min_value=-(10**400), max_value=10**400)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
plain_values: dict[object, st.SearchStrategy[object]] = {
    str: any_text,
    int: huge_or_small,
    float: st.floats(),
    bool: st.booleans(),
    type(None): st.none(),
    Any: json_values,
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return any value of a field's annotation."""
    if kind in plain_values:
        return plain_values[kind]
    if isinstance(kind, type) and is_dataclass(kind):
        return st.builds(kind, **{name: values_of(hint) for name, hint in get_type_hints(kind).items()})
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return st.sampled_from(kind)
    arguments = get_args(kind)
    if get_origin(kind) is tuple:
        return st.lists(values_of(arguments[0]), max_size=4).map(tuple)
    if get_origin(kind) is dict:
        return st.dictionaries(values_of(arguments[0]), values_of(arguments[1]), max_size=4)
    return st.one_of(*map(values_of, arguments))


frames = st.one_of(*map(values_of, get_args(Frame)))


@given(frames)
def test_every_frame_comes_out_as_it_went_in(frame: Frame) -> None:
    """A frame survives the wire, whatever its texts and numbers are: NaN and infinities included."""
    # By representation: NaN, which a broken model reports as a probability, does not equal itself.
    assert repr(frame) == repr(decode_frame(encode_frame(frame)))


@given(frames)
def test_a_frame_is_one_line_of_ascii(frame: Frame) -> None:
    """No character of a text can end the line early or depend on an encoding."""
    line = encode_frame(frame)
    assert line.isascii()
    assert [line] == line.splitlines(keepends=True)


@pytest.mark.parametrize("text", ["\n", "\r", "\u2028", "\x85", "\0", "\ud800", "\udc00\ud800", "𐐷", "<|end|>"])
def test_awkward_characters_cross_unchanged(text: str) -> None:
    """Line ends of all kinds, NUL, lone surrogates and control tokens as text are text."""
    frame = Run(request=Request(id=1, parts=(Part(text=text),), max_new_tokens=1))
    assert frame == decode_frame(encode_frame(frame))


def test_a_control_token_stays_one_and_text_never_becomes_one() -> None:
    """The role of a part is a field of its own, not something written in its text."""
    frame = Run(request=Request(id=1, parts=(Part(control=Control.END), Part(text="end")), max_new_tokens=1))
    read = decode_frame(encode_frame(frame))
    assert isinstance(read, Run)
    assert [Control.END, None] == [part.control for part in read.request.parts]


def refused(line: bytes) -> bool:
    try:
        decode_frame(line)
    except BadFrame:
        return True
    return False


@given(st.binary())
@example(b"")
@example(b"\xff\xfe{}")
@example(b"{}")
@example(b"[]")
@example(b"null")
@example(b'{"frame": []}')
@example(b'{"frame": {}}')
@example(b'{"frame": null}')
def test_arbitrary_bytes_are_refused(line: bytes) -> None:
    """Bytes that are no frame raise BadFrame and nothing else."""
    assert refused(line)


@given(st.dictionaries(any_text | st.sampled_from(["id", "text", "frame", "usage"]), json_values), frames)
def test_arbitrary_fields_are_a_frame_or_refused(fields: dict[str, object], frame: Frame) -> None:
    """A frame's name with any fields at all is read or raises BadFrame, nothing else."""
    line = json.dumps({**fields, "frame": type(frame).__name__}).encode()
    assert refused(line) or isinstance(decode_frame(line), type(frame))


@given(frames, st.data())
def test_a_frame_with_one_field_of_any_value_is_a_frame_or_refused(frame: Frame, data: st.DataObject) -> None:
    """One wrong value in an otherwise good frame is no way to another exception."""
    fields = json.loads(encode_frame(frame))
    fields[data.draw(st.sampled_from(sorted(set(fields) - {"frame"})))] = data.draw(json_values)
    line = json.dumps(fields).encode()
    assert refused(line) or isinstance(decode_frame(line), type(frame))


@pytest.mark.parametrize(
    "line",
    [
        b'{"frame": "Goodbye"}',
        b'{"frame": "Cancel"}',
        b'{"frame": "Cancel", "id": 1, "why": "no reason"}',
        b'{"frame": "Cancel", "id": "1"}',
        b'{"frame": "Cancel", "id": true}',
        b'{"frame": "Cancel", "id": 1.0}',
        b'{"frame": "Cancel", "id": null}',
        b'{"frame": "Piece", "id": 1, "text": 7}',
        b'{"frame": "Piece", "id": 1, "token_ids": "abc"}',
        b'{"frame": "Piece", "id": 1, "token_ids": [1, "2"]}',
        b'{"frame": "Piece", "id": 1, "token_ids": {"0": 1}}',
        b'{"frame": "Started", "id": 1, "prompt_tokens": 2, "sizes": []}',
        b'{"frame": "Run", "request": {"id": 1, "parts": [{"control": "root"}], "max_new_tokens": 1}}',
        b'{"frame": "Run", "request": []}',
        b'{"frame": "Cancel", "id": 1} {"frame": "Cancel", "id": 2}',
        b'{"frame": "Piece", "id": 1, "log_probs": [' + b"9" * 400 + b"]}",
        b'{"frame": "Cancel", "id": ' + b"9" * 5000 + b"}",
        b'{"frame": ' * 100_000,
        b"[" * 1_000_000,
        b'{"frame": "Load", "options": {"deep": ' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
    ],
    ids=lambda line: line[:60].decode(),
)
def test_what_is_not_exactly_a_frame_is_refused(line: bytes) -> None:
    """Unknown frames and fields, missing fields, other types, numbers too large and deep nesting raise BadFrame."""
    assert refused(line)


def test_the_refusal_names_the_protocol_and_the_reason() -> None:
    """The message says what was expected and what came."""
    with pytest.raises(BadFrame, match=rf"protocol {PROTOCOL_VERSION}: TypeError: int expected, got str"):
        decode_frame(b'{"frame": "Cancel", "id": "1"}')


def test_whole_numbers_are_accepted_as_floats_only() -> None:
    """JSON writes 1.0 as 1 in many languages; the other direction would hide a mistake."""
    piece = decode_frame(b'{"frame": "Piece", "id": 1, "log_probs": [-1]}')
    assert isinstance(piece, Piece)
    assert [-1.0] == [*piece.log_probs]
    assert float is type(piece.log_probs[0])


def test_frames_are_compared_by_value() -> None:
    """Two readings of the same line are the same frame."""
    line = encode_frame(Hello(protocol=PROTOCOL_VERSION, pid=3))
    assert decode_frame(line) == decode_frame(line) != Cancel(id=3)
