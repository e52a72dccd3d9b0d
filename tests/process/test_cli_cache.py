"""`phi-ls cache`: what is kept, and how it goes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from process.command_line import CommandLine

from phi_ls.caches.disk import DiskCache


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A command line without any server."""
    return CommandLine(tmp_path)


def stats(cli: CommandLine) -> Any:
    """Return what is told of the cache."""
    return json.loads(cli.run("cache", "stats", "--json").stdout)


def kept(cli: CommandLine, count: int = 3) -> DiskCache:
    """Keep some answers, as a server does."""
    cache = DiskCache(cli.folder / "cache" / "answers", "answers", max_bytes=10**7)
    for number in range(count):
        cache.put(b"%d" % number, b"said")
    return cache


def test_what_is_kept(cli: CommandLine) -> None:
    """How many answers, how large, where; nothing is made by looking."""
    path = cli.folder / "cache" / "answers" / "answers-1.sqlite3"
    nothing = {"enabled": True, "path": str(path), "entries": 0, "size_bytes": 0, "max_bytes": 256_000_000}
    assert nothing == stats(cli)
    assert not path.exists()
    cache = kept(cli)
    assert {**nothing, "entries": 3, "size_bytes": path.stat().st_size} == stats(cli)
    assert "3 answers" in cli.run("cache", "stats").stdout
    cache.close()


def test_the_budget_is_the_users(cli: CommandLine) -> None:
    """As the user's own file says; switched off, it is said that no more are kept."""
    cli.config.write_text("[cache]\nmaxMegabytes = 5\n", "utf-8")
    assert 5_000_000 == stats(cli)["max_bytes"]
    cli.config.write_text("[cache]\ndisk = false\n", "utf-8")
    kept(cli).close()
    assert (False, 3) == tuple(stats(cli)[name] for name in ("enabled", "entries"))
    assert "cache.disk is off" in cli.run("cache", "stats").stdout


def test_clearing(cli: CommandLine) -> None:
    """All go, also for who has the file open; a second time there is nothing to remove."""
    cache = kept(cli)
    assert {"removed": 3} == json.loads(cli.run("cache", "clear", "--json").stdout)
    assert None is cache.get(b"1")
    assert "0 answers removed" in cli.run("cache", "clear").stdout


def test_what_cannot_be_cleared_is_said(cli: CommandLine) -> None:
    """Another program holds the file: nothing is claimed, and what to do is told."""
    cache = kept(cli)
    with sqlite3.connect(cache.path) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        ended = cli.run("cache", "clear")
    holder.close()
    assert 1 == ended.returncode
    assert "try again" in ended.stderr
    assert b"said" == cache.get(b"1")
