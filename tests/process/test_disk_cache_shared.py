"""One cache on disk, four processes that are killed at any moment, and bytes that change under them."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from process.cache_user import KEYS, body_of, shared

from phi_ls.caches.disk import DiskCache

OPERATIONS = 10_000
PROCESSES = 4
BETWEEN_FLIPS, BETWEEN_KILLS = 100, 400
"""Operations."""
USER = Path(__file__).with_name("cache_user.py")
SIGKILL = -9


class Users:
    """Processes that use the cache in a folder, and say each operation into one pipe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "answers"
        self._seeds = itertools.count()
        self._said, self._saying = os.pipe()
        self.running: list[subprocess.Popen[bytes]] = []
        self.ended: list[int] = []

    def start(self) -> None:
        """One more."""
        command = [sys.executable, str(USER), str(self.folder), str(next(self._seeds))]
        self.running.append(subprocess.Popen(command, stdout=self._saying))

    def kill(self, at: int) -> None:
        """One less; how it ended is noted."""
        user = self.running.pop(at)
        user.kill()
        self.ended.append(user.wait())

    def until(self, operations: int) -> None:
        """Wait until they have done so many more."""
        while operations:
            operations -= len(os.read(self._said, operations))

    def close(self) -> None:
        """End all."""
        while self.running:
            self.kill(0)
        os.close(self._said)
        os.close(self._saying)


@pytest.fixture
def users(tmp_path: Path) -> Iterator[Users]:
    """Four of them."""
    found = Users(tmp_path)
    for _ in range(PROCESSES):
        found.start()
    yield found
    found.close()


def flip(path: Path, draw: random.Random, share: float = 0.0) -> None:
    """Change one byte of the file, or this share of them, where they lie."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        for _ in range(max(1, int(size * share))):
            place = draw.randrange(size)
            file.seek(place)
            old = file.read(1)
            file.seek(place)
            file.write(bytes([old[0] ^ draw.randrange(1, 256)]))


def right(cache: DiskCache, keys: Iterable[int]) -> int:
    """Count the entries that are there; none may be wrong."""
    found = {key: cache.get(b"%d" % key) for key in keys}
    assert {} == {key: body for key, body in found.items() if body not in (None, body_of(b"%d" % key))}
    return sum(body is not None for body in found.values())


@pytest.mark.timeout(300)
def test_no_wrong_value(users: Users) -> None:
    """Each of 10,000 operations, with a byte flipped at every hundredth and a kill, gave the right value or none."""
    draw = random.Random(1)
    found = 0
    for done in range(BETWEEN_FLIPS, OPERATIONS + 1, BETWEEN_FLIPS):
        users.until(BETWEEN_FLIPS)
        found += right(shared(users.folder), draw.sample(range(KEYS), 50))
        # One of them may just have thrown a damaged file away.
        with contextlib.suppress(FileNotFoundError, ValueError):
            flip(shared(users.folder).path, draw)
        if done % BETWEEN_KILLS == 0:
            users.kill(draw.randrange(PROCESSES))
            users.start()
    for _ in range(PROCESSES):
        users.kill(0)
    assert {SIGKILL} == set(users.ended)
    flip(shared(users.folder).path, draw, share=0.01)
    right(shared(users.folder), range(KEYS))
    # All the while there was something to be found.
    assert found > OPERATIONS / 100
