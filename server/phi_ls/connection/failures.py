"""What may be said of an exception, and to whom: the client gets one line, the log no source text."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

_FRAMES = 6
_MAX_CHARS = 500


def one_line(message: str) -> str:
    """Return the message on one line, cut to a length that an editor can show."""
    return " ".join(message.split())[:_MAX_CHARS]


def where(exc: BaseException) -> str:
    """Return types and places of the exception and its causes. Not their texts, which may quote the user's source."""
    return ", because of ".join(_place(link) for link in _chain(exc))


def _chain(exc: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        yield exc
        exc = exc.__cause__ or exc.__context__


def _place(exc: BaseException) -> str:
    frames = traceback.extract_tb(exc.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(exc).__name__} at {places or 'an unknown place'}"
