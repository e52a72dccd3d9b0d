"""One builder at a time for an environment; the system lets go when a process dies."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from phi_providers.environments.recipes import EnvironmentFailed
from phi_providers.file_lock import Held, lock, lock_when_free


@contextlib.contextmanager
def locked(file: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock of this file, as soon as nobody else does; `waiting` is called once if another process does.

    Without `waiting`, EnvironmentFailed is raised at once instead. Raises OSError.
    """
    with file.open("a+b") as held:
        if waiting is not None:
            lock_when_free(held, waiting)
        else:
            try:
                lock(held, wait=False)
            except Held as exc:
                raise EnvironmentFailed("another process is making this environment; wait for it to end") from exc
        yield
