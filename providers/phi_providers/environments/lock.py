"""One builder at a time for an environment; the system lets go when a process dies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from phi_providers.environments.recipes import EnvironmentFailed
from phi_providers.file_lock import Held, lock


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock of this file; raises EnvironmentFailed when another process holds it, or OSError."""
    with file.open("a+b") as held:
        try:
            lock(held, wait=False)
        except Held as exc:
            raise EnvironmentFailed("another process is making this environment; wait for it to end") from exc
        yield
