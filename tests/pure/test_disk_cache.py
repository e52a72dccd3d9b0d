"""The cache on disk: what comes out is what was put in, or nothing, whatever lies in its place."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from phi_ls.caches.disk import DiskCache

MEGABYTE = 1_000_000
WHAT = b"\x00\xffkey"
BODY = "Δ answer\n".encode() * 20

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions and links are others there")


def cache(folder: Path, max_bytes: int = 10 * MEGABYTE) -> DiskCache:
    """A cache in a folder of its own."""
    return DiskCache(folder / "answers", "answers", max_bytes=max_bytes)


def filled(folder: Path, count: int = 50) -> Path:
    """Make a cache with entries and return its file."""
    kept = cache(folder)
    for number in range(count):
        kept.put(b"%d" % number, BODY + b"%d" % number)
    kept.close()
    return kept.path


def works(folder: Path) -> bool:
    """Whether a cache in this folder keeps what it is given."""
    kept = cache(folder)
    kept.put(WHAT, BODY)
    kept.close()
    return cache(folder).get(WHAT) == BODY


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    """Any bytes, under any key, also in another process's cache on the same file."""
    kept, other = cache(tmp_path), cache(tmp_path)
    assert None is other.get(WHAT)
    kept.put(WHAT, BODY)
    kept.put(b"", b"")
    assert BODY == other.get(WHAT)
    kept.close()
    assert BODY == cache(tmp_path).get(WHAT)
    assert b"" == cache(tmp_path).get(b"")


def test_the_newest_entry_of_a_key_counts(tmp_path: Path) -> None:
    """What is put again replaces what was there."""
    kept = cache(tmp_path)
    kept.put(WHAT, BODY)
    kept.put(WHAT, b"new")
    assert (b"new", 1) == (kept.get(WHAT), kept.contents().entries)


def test_clearing(tmp_path: Path) -> None:
    """Nothing is left, also for another process, and the file has shrunk."""
    kept, other = cache(tmp_path), cache(tmp_path)
    for number in range(500):
        kept.put(b"%d" % number, BODY * 10)
    full = kept.path.stat().st_size
    other.clear()
    assert (0, None) == (kept.contents().entries, kept.get(b"1"))
    assert full > MEGABYTE / 2
    assert kept.path.stat().st_size < full / 10


def test_the_budget_holds(tmp_path: Path) -> None:
    """However much is put, the file stays within it, and the newest entries are the ones that stay."""
    kept = cache(tmp_path, max_bytes=MEGABYTE)
    for number in range(1000):
        kept.put(b"%d" % number, os.urandom(4000))
        assert kept.path.stat().st_size <= MEGABYTE + 8192
    assert kept.contents().entries > 100
    assert kept.get(b"999") is not None
    assert None is kept.get(b"0")


def test_what_is_too_large_is_not_kept(tmp_path: Path) -> None:
    """One entry cannot drive out all others, and a budget of nothing keeps nothing."""
    small, none = cache(tmp_path / "a", max_bytes=MEGABYTE), cache(tmp_path / "b", max_bytes=0)
    small.put(WHAT, b"x" * MEGABYTE)
    none.put(WHAT, BODY)
    assert (None, None) == (small.get(WHAT), none.get(WHAT))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"not a database" * 1000, b"SQLite format 3\0" + bytes(84), b"SQLite format 3\0" + b"\xff" * 5000],
    ids=["empty", "one byte", "text", "a header", "noise behind a header"],
)
def test_a_file_that_is_something_else(tmp_path: Path, content: bytes) -> None:
    """It makes way: the cache is empty and works."""
    path = cache(tmp_path).path
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    assert None is cache(tmp_path).get(WHAT)
    assert works(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TRIGGER extra AFTER INSERT ON entries BEGIN DELETE FROM entries; END",
        "CREATE VIEW extra AS SELECT * FROM entries",
        "DROP INDEX by_use",
        "DROP TABLE entries",
        "PRAGMA application_id = 1",
    ],
)
def test_a_database_that_is_not_ours(tmp_path: Path, change: str) -> None:
    """Nobody's triggers and views are run: a file with another schema makes way."""
    with sqlite3.connect(filled(tmp_path)) as connection:
        connection.execute(change)
    connection.close()
    assert None is cache(tmp_path).get(b"1")
    assert works(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET body = X'00'",
        "UPDATE entries SET body = 'text'",
        "UPDATE entries SET body = 7",
        "UPDATE entries SET seal = X''",
        "UPDATE entries SET (body, seal) = (SELECT body, seal FROM entries WHERE key = X'32')",
    ],
    ids=["other bytes", "text", "a number", "no seal", "another entry's"],
)
def test_an_entry_that_was_changed_is_none(tmp_path: Path, change: str) -> None:
    """Its seal does not fit it: it is a miss, and makes way for a new one."""
    with sqlite3.connect(filled(tmp_path)) as connection:
        connection.execute(change)
    connection.close()
    kept = cache(tmp_path)
    assert None is kept.get(b"1")
    kept.put(b"1", BODY)
    assert BODY == kept.get(b"1")


@pytest.mark.parametrize("seed", range(20))
def test_flipped_bytes_give_no_wrong_answer(tmp_path: Path, seed: int) -> None:
    """One byte in a hundred is another one: each entry is as it was or not there, and the cache goes on."""
    path = filled(tmp_path)
    draw = random.Random(seed)
    data = bytearray(path.read_bytes())
    for place in draw.sample(range(len(data)), len(data) // 100):
        data[place] ^= draw.randrange(1, 256)
    path.write_bytes(data)
    kept = cache(tmp_path)
    found = {number: kept.get(b"%d" % number) for number in range(50)}
    assert {} == {number: body for number, body in found.items() if body not in (None, BODY + b"%d" % number)}
    assert works(tmp_path)


def test_a_file_cut_short(tmp_path: Path) -> None:
    """At whatever place: what is left is believed entry by entry, until the damage is come upon."""
    whole = filled(tmp_path).read_bytes()
    for size in range(0, len(whole), 777):
        cache(tmp_path).path.write_bytes(whole[:size])
        assert cache(tmp_path).get(b"7") in (None, BODY + b"7")
        assert works(tmp_path) or works(tmp_path)


def test_a_file_that_is_taken_away(tmp_path: Path) -> None:
    """Whoever has it open makes a new one."""
    kept = cache(tmp_path)
    kept.put(WHAT, BODY)
    kept.path.rename(tmp_path / "away")
    assert None is kept.get(WHAT)
    kept.put(WHAT, BODY)
    assert BODY == cache(tmp_path).get(WHAT)


@posix
def test_nobody_else_may_read(tmp_path: Path) -> None:
    """Under any umask the folder is 0700 and what lies in it 0600, the journal as well."""
    before = os.umask(0)
    try:
        kept = cache(tmp_path)
        kept.put(WHAT, BODY)
        with sqlite3.connect(kept.path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM entries")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept.path.parent.iterdir()}
        connection.close()
    finally:
        os.umask(before)
    assert {kept.path.name: 0o600, f"{kept.path.name}-journal": 0o600} == modes
    assert 0o700 == stat.S_IMODE(kept.path.parent.stat().st_mode)


@posix
@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "file in place of the folder", "open to others"])
def test_what_must_not_be_opened(tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is followed, waited for or overwritten; the cache is empty, and that is said once."""
    path = cache(tmp_path).path
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"mine")
    if kind == "file in place of the folder":
        path.parent.write_bytes(b"mine")
    else:
        path.parent.mkdir(mode=0o700)
        path.parent.chmod(0o777 if kind == "open to others" else 0o700)
    if kind == "link":
        path.symlink_to(elsewhere)
    if kind == "pipe":
        os.mkfifo(path)
    if kind == "folder":
        path.mkdir()
    kept = cache(tmp_path)
    kept.put(WHAT, BODY)
    assert None is kept.get(WHAT)
    assert b"mine" == elsewhere.read_bytes()
    assert 1 == len(caplog.records)
    assert path.name in caplog.text


def test_another_process_that_holds_the_file(tmp_path: Path) -> None:
    """There is no entry then; nobody waits for long, and what was there is there afterwards."""
    kept = cache(tmp_path)
    kept.put(WHAT, BODY)
    with sqlite3.connect(kept.path) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert None is kept.get(WHAT)
        kept.put(b"new", BODY)
    other.close()
    assert (BODY, None) == (kept.get(WHAT), kept.get(b"new"))
