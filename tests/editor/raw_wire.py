"""What a language server may write to stdout, judged byte by byte."""

from __future__ import annotations

import json
import os
import re
from typing import Any

Json = dict[str, Any]

_NAME = b"Content-Length: "
_HEADER = re.compile(_NAME + rb"(\d{1,9})(\r\nContent-Type: [^\r\n]{1,80})?")


class Violation(AssertionError):
    """The server did what no server may."""


def frame(message: Any) -> bytes:
    """Return the message, or a body given as bytes, with its header."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class MessageReader:
    """Takes messages off a descriptor; raises Violation at the first byte that belongs to none."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray()

    def next(self) -> Json | None:
        """Return the next message, None at the end of the stream, even if that comes in the midst of one."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if not (self._buffer.startswith(_NAME) or _NAME.startswith(bytes(self._buffer))) or len(self._buffer) > 200:
                raise Violation(f"bytes that belong to no message: {bytes(self._buffer[:200])!r}")
            if not self._more():
                return None
        header = bytes(self._buffer[:end])
        match = _HEADER.fullmatch(header)
        if match is None:
            raise Violation(f"no header: {header[:200]!r}")
        stop = end + 4 + int(match[1])
        while len(self._buffer) < stop:
            if not self._more():
                return None
        body = bytes(self._buffer[end + 4 : stop])
        del self._buffer[:stop]
        return _message(body)

    def _more(self) -> bool:
        data = os.read(self._descriptor, 65536)
        self._buffer += data
        return bool(data)


def _message(body: bytes) -> Json:
    try:
        message = json.loads(body.decode(), parse_constant=_refuse)
    except ValueError as exc:
        raise Violation(f"a body that is no JSON: {body[:200]!r}") from exc
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise Violation(f"no JSON-RPC 2.0: {body[:200]!r}")
    return message


def _refuse(constant: str) -> Any:
    raise Violation(f"{constant} is no JSON")
