"""Messages in a stream of bytes, as the base protocol of LSP frames them.

A stream that breaks the framing cannot be trusted again: the reader says so at once, so that the process can end and
the editor start another. Waiting for the next header instead would leave a server that lives and never answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
_MAX_HEADER_BYTES = 8 * 1024
_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}"
_FIELD = re.compile(rb"(" + _NAME + rb")[ \t]*:([^\r\n]*)")
_START_OF_FIELD = re.compile(_NAME + rb"[ \t]*(:[^\r\n]*)?\r?")
_LENGTH = re.compile(rb"0*(\d{1,12})")


class BadFraming(Exception):
    """These bytes are no header; says what is wrong with them without quoting them."""


class FrameReader:
    """Takes messages out of what `read` returns."""

    def __init__(self, read: Callable[[bool], bytes]) -> None:
        """`read` blocks for more bytes and returns b"" at the end; it is told whether a message has begun."""
        self._read = read
        self._buffer = bytearray()

    def next(self) -> bytes | None:
        """Return the next message's body, or None at the end of the stream; raises BadFraming."""
        length = self._header()
        if length is None:
            return None
        while len(self._buffer) < length:
            if not self._more(begun=True):
                return None
        body = bytes(memoryview(self._buffer)[:length])
        del self._buffer[:length]
        return body

    def _header(self) -> int | None:
        lengths: set[int] = set()
        total = 0
        while (line := self._line(total)) is not None:
            if not line:
                return _agreed(lengths)
            total += len(line) + 1
            match = _FIELD.fullmatch(line)
            if match is None:
                raise BadFraming("a line of the header is no 'name: value'")
            if match[1].lower() == b"content-length":
                lengths.add(_length(match[2]))
        return None

    def _line(self, total: int) -> bytes | None:
        """Return the header's next line, `total` bytes in; None at the end. Judges a line before it is complete."""
        limit = _MAX_HEADER_BYTES - total
        while (end := self._buffer.find(b"\n", 0, limit)) < 0:
            if len(self._buffer) >= limit:
                raise BadFraming(f"the header is longer than {_MAX_HEADER_BYTES} bytes")
            if bytes(self._buffer) not in (b"", b"\r") and not _START_OF_FIELD.fullmatch(self._buffer):
                raise BadFraming("the bytes where a header should begin are none")
            if not self._more(begun=bool(total or self._buffer)):
                return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def _more(self, *, begun: bool) -> bool:
        data = self._read(begun)
        self._buffer += data
        return bool(data)


def frame(body: bytes) -> bytes:
    """Return the body with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _length(value: bytes) -> int:
    match = _LENGTH.fullmatch(value.strip(b" \t"))
    if match is None:
        raise BadFraming("Content-Length is no decimal number")
    if (length := int(match[1])) > MAX_MESSAGE_BYTES:
        raise BadFraming(f"a message of {length} bytes is longer than the {MAX_MESSAGE_BYTES} allowed")
    return length


def _agreed(lengths: set[int]) -> int:
    if len(lengths) != 1:
        raise BadFraming("Content-Length is given twice" if lengths else "the header has no Content-Length")
    return lengths.pop()
