"""SQLite files that are ours alone: opened, made where there are none, refused where they are anything else.

The journal is SQLite's rollback journal: unlike the write-ahead log it needs no memory that processes share, which
homes on a network do not have.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from phi_ls import folders

WAIT_S = 0.25
"""For another process that is just writing; then there is no entry, which costs less than to keep somebody waiting."""
_SETTINGS = (
    # A file from elsewhere may hold triggers and views; pages are checked before they are believed.
    *("trusted_schema = OFF", "cell_size_check = ON"),
    # After a power failure the file may be damaged, which is found out; waiting for the disk took 15 ms an answer.
    *("synchronous = OFF", "auto_vacuum = INCREMENTAL"),
)


def open_file(path: Path, application: int, tables: tuple[str, ...]) -> sqlite3.Connection:
    """Return a connection to the file, made if need be, private to its owner.

    `application`: the number by which the file is known as ours; `tables`: all statements of its schema. Raises OSError
    or sqlite3.OperationalError if it can't be used, another sqlite3.Error if it is damaged or something else.
    """
    folders.private_dir(path.parent)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    # SQLite would make it as readable as the umask allows, and gives its journal the same permissions.
    descriptor = os.open(path, flags, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path.name} is not a regular file")
    finally:
        os.close(descriptor)
    connection = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    connection.text_factory = bytes
    try:
        _prepare(connection, application, tables)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, application: int, tables: tuple[str, ...]) -> None:
    """Make the tables in an empty file; raises sqlite3.DatabaseError for a file with anything else in it."""
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    with writing(connection):
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY rowid").fetchall()
        if not found:
            connection.execute(f"PRAGMA application_id = {application}")
            for table in tables:
                connection.execute(table)
        elif tuple(found) != tuple((table.encode(),) for table in tables):
            raise sqlite3.DatabaseError("it has other tables")
        elif number(connection, "application_id") != application:
            raise sqlite3.DatabaseError("it is not a file of phi-ls")


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction, undone if anything is raised in it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def number(connection: sqlite3.Connection, name: str) -> int:
    """Return the value of a pragma."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def inode(path: Path) -> int:
    """Return what tells this file from one that has taken its name; -1 for none."""
    try:
        return path.stat().st_ino
    except OSError:
        return -1
