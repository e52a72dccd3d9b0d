"""Logging: to stderr or a file, one line per record, without the user's text."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections import Counter
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phi_ls.log_queue import Patient

if TYPE_CHECKING:
    from io import TextIOWrapper

LEVELS = ("debug", "info", "warning", "error")
"""Names that `--log-level` takes."""

MAX_BYTES, KEPT_FILES = 10 * 1024 * 1024, 3
MAX_RECORD = 8_000
"""Characters of one record; the rest is cut."""

REPEATS, WINDOW_S = 20, 60.0
"""Records of one origin that are written within a window of time; the next window says how many were not."""

FOREIGN = ("pygls", "lsprotocol", "asyncio")
"""Loggers held at WARNING whatever our level: pygls writes each outgoing message, and with it code, at INFO."""


class LineFormatter(logging.Formatter):
    """One record, one line: control characters are escaped, so that no text can forge a record or move a cursor."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one printable line."""
        foreign = record.name.partition(".")[0] in FOREIGN
        line = f"{self.formatTime(record)} {record.levelname.lower()} {record.name}: "
        return line + escape(_foreign(record) if foreign else _own(record))[:MAX_RECORD]


def escape(text: str) -> str:
    """Return the text on one line, everything unprintable (line ends, ESC, bidi marks) as a backslash escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _own(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.exc_info and record.exc_info[0]:
        message += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return message


def _foreign(record: logging.LogRecord) -> str:
    """Return what another library logs less its arguments and its error's text: pygls puts request parameters there."""
    message = str(record.msg)
    if record.exc_info and record.exc_info[0]:
        at = traceback.extract_tb(record.exc_info[2])[-1:]
        message += f" [{record.exc_info[0].__name__}{''.join(f' at {Path(f.filename).name}:{f.lineno}' for f in at)}]"
    return message.partition("\n")[0]


class RepeatLimit(logging.Filter):
    """Lets an origin (logger and line) write `REPEATS` records a window; a fault at every key fills no disk."""

    def __init__(self) -> None:
        super().__init__()
        self._start = 0.0
        self._seen: Counter[tuple[str, int]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; the first one of a window tells what the last one left out."""
        origin = (record.name, record.lineno)
        if not 0 <= record.created - self._start < WINDOW_S:
            left_out = sum(count - REPEATS for count in self._seen.values() if count > REPEATS)
            self._start, self._seen = record.created, Counter()
            if left_out:
                record.msg, record.args = f"{record.getMessage()} ({left_out} similar records left out)", ()
        self._seen[origin] += 1
        return self._seen[origin] <= REPEATS


class PrivateRotatingFile(RotatingFileHandler):
    """A rotating log that its owner alone can read."""

    def _open(self) -> TextIOWrapper[Any]:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8", errors="backslashreplace")


def set_up(*, level: str = "warning", file: Path | None = None) -> logging.Handler:
    """Send records of `level` (one of LEVELS) and above to `file`, else to stderr; raises OSError for the file."""
    handler = _handler(file)
    handler.setFormatter(LineFormatter())
    handler.addFilter(RepeatLimit())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in FOREIGN:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Never a second report on stderr when a write fails: a closed pipe would then raise inside the logging call.
    logging.raiseExceptions = False
    return handler


def _handler(file: Path | None) -> logging.Handler:
    if file is None:
        return Patient(logging.StreamHandler(sys.stderr))
    file.parent.mkdir(parents=True, exist_ok=True)
    return PrivateRotatingFile(file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES - 1, encoding="utf-8")
