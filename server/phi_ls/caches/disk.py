"""Bytes by key in one SQLite file that several servers share: whatever is damaged or foreign in it is not there.

A process that is killed leaves a journal, with which the next one undoes what was half done.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from phi_ls.caches.sqlite_file import inode, number, open_file, writing

log = logging.getLogger(__name__)

T = TypeVar("T")

FORM = 1
"""Of the tables; another one is another file, so that an older phi-ls and a newer one can run at the same time."""
_APPLICATION = 0x7068694C
_TABLES = (
    "CREATE TABLE entries (key BLOB PRIMARY KEY, body BLOB NOT NULL, seal BLOB NOT NULL, used INTEGER NOT NULL)",
    "CREATE INDEX by_use ON entries (used)",
)
_USE_KEPT_S = 3600
"""So coarse is the time of the last use: noting each one would make every look-up a write."""
_FREED = 0.9
"""Share of the budget that is left when the oldest entries have gone."""
_LARGEST = 1 << 20
"""Bytes of an entry. The longest answer has some 400 tokens."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What there is."""

    entries: int
    size_bytes: int
    """Of the file, free pages left out."""


class DiskCache:
    """A bounded cache. It raises nothing: what cannot be read is not there, what cannot be written is not kept.

    For one thread at a time.
    """

    def __init__(self, folder: Path, name: str, *, max_bytes: int) -> None:
        """The file is made when first needed; `folder` is for this cache alone."""
        self.path = folder / f"{name}-{FORM}.sqlite3"
        self._max_bytes = max_bytes
        self._connection: sqlite3.Connection | None = None
        self._inode = -1
        self._complained = False

    def get(self, key: bytes) -> bytes | None:
        """Return the entry, as it was put there or not at all."""
        return self._tried(lambda connection: _found(connection, key))

    def put(self, key: bytes, body: bytes) -> None:
        """Keep an entry, and let the oldest go for it where the budget asks for that."""
        if len(body) <= min(_LARGEST, self._max_bytes // 4):
            self._tried(lambda connection: _kept(connection, key, body, self._max_bytes))

    def clear(self) -> bool:
        """Take all entries away; False if that was not possible."""
        return bool(self._tried(_cleared))

    def cleared(self) -> int | None:
        """Return how often all entries have been taken away, by whatever process; None if that cannot be found out."""
        return self._tried(lambda connection: number(connection, "user_version"))

    def contents(self) -> Contents | None:
        """Return how much there is; None if that cannot be found out."""
        return self._tried(_contents)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tried(self, what: Callable[[sqlite3.Connection], T], *, again: bool = True) -> T | None:
        """Do it; with a file that turns out to be damaged, on a new one."""
        try:
            return what(self._opened())
        except (sqlite3.OperationalError, OSError) as exc:
            self._complain(exc)
            self.close()
            return None
        except (sqlite3.Error, ValueError, TypeError, OverflowError) as exc:
            log.warning("the answers kept in %s are damaged (%s); they are thrown away", self.path.name, exc)
            self._remove()
            return self._tried(what, again=False) if again else None

    def _opened(self) -> sqlite3.Connection:
        """Return the connection, a new one if the file has been replaced or taken away."""
        if self._connection is not None and inode(self.path) != self._inode:
            self.close()
        if self._connection is None:
            self._inode = inode(self.path)
            self._connection = open_file(self.path, _APPLICATION, _TABLES)
            self._inode = inode(self.path)
        return self._connection

    def _remove(self) -> None:
        mine = self._inode
        self.close()
        with contextlib.suppress(OSError):
            # Unless another server has done so already.
            if mine == inode(self.path):
                Path(f"{self.path}-journal").unlink(missing_ok=True)
                self.path.unlink(missing_ok=True)

    def _complain(self, exc: Exception) -> None:
        if not self._complained:
            self._complained = True
            log.warning("answers are not kept on disk: %s: %s", self.path, exc)


def _found(connection: sqlite3.Connection, key: bytes) -> bytes | None:
    row = connection.execute("SELECT body, seal, used FROM entries WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    body, seal, used = row
    if not isinstance(body, bytes) or seal != _seal(key, body):
        raise sqlite3.DatabaseError("an entry is not what was kept")
    if abs(_now() - used) >= _USE_KEPT_S:
        # Whoever cannot note the use, on a disk that is full or read-only, has the entry all the same.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("UPDATE entries SET used = ? WHERE key = ?", (_now(), key))
    return body


def _kept(connection: sqlite3.Connection, key: bytes, body: bytes, max_bytes: int) -> None:
    with writing(connection):
        row = (key, body, _seal(key, body), _now())
        connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", row)
    if _found(connection, key) != body:
        raise sqlite3.DatabaseError("an entry that was kept is not there")
    if _size(connection) > max_bytes:
        _make_room(connection, int(max_bytes * _FREED))


def _make_room(connection: sqlite3.Connection, most: int) -> None:
    """Let those go that have not been used for longest."""
    with writing(connection):
        while _size(connection) > most and (count := _count(connection)):
            oldest = "DELETE FROM entries WHERE key IN (SELECT key FROM entries ORDER BY used LIMIT ?)"
            connection.execute(oldest, (count // 16 + 1,))
    _shrink(connection)


def _cleared(connection: sqlite3.Connection) -> bool:
    with writing(connection):
        connection.execute("DELETE FROM entries")
        connection.execute(f"PRAGMA user_version = {number(connection, 'user_version') + 1}")
    _shrink(connection)
    return True


def _shrink(connection: sqlite3.Connection) -> None:
    # A script: `execute` makes one step of a statement without rows, which frees one page.
    connection.executescript("PRAGMA incremental_vacuum")


def _contents(connection: sqlite3.Connection) -> Contents:
    return Contents(entries=_count(connection), size_bytes=_size(connection))


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])


def _size(connection: sqlite3.Connection) -> int:
    pages = number(connection, "page_count") - number(connection, "freelist_count")
    return pages * number(connection, "page_size")


def _seal(key: bytes, body: bytes) -> bytes:
    """Return what tells whether a body is the one that was put there under this key."""
    return hashlib.sha256(len(key).to_bytes(8, "big") + key + body).digest()


def _now() -> int:
    return int(time.time())
