"""Ends a command that neither says nor writes anything any more, with all that it has started."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from pathlib import Path
from types import TracebackType

import psutil

from phi_providers.environments.kept import size_of

SILENCE_S = 900.0
"""Longer than pip tries an index that does not answer, and than a slow machine compiles one large file."""

LOOKS = 20
"""How often it is looked whether the folder has grown, within the time that a child may be silent."""


class Watch:
    """Watches one child as long as the `with` block runs; however that ends, the child is gone afterwards."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, silence_s: float) -> None:
        self.stuck = False
        """Whether the child was ended because it had fallen silent."""
        self._process = process
        self._folder = folder
        self._silence_s = silence_s
        self._silent = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="watch", daemon=True)

    def heard(self) -> None:
        """Note that the child has said something."""
        self._silent = 0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            end(self._process)
        self._process.wait()
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        size = size_of(self._folder)
        # Looks are counted, not seconds: a machine that was asleep has not waited for anything.
        while not self._over.wait(self._silence_s / LOOKS):
            now = size_of(self._folder)
            grown = now != size  # a download says nothing until it has ended
            size = now
            self._silent = 0 if grown else self._silent + 1
            if self._silent >= LOOKS:
                self.stuck = True
                end(self._process)
                return


def end(process: subprocess.Popen[str]) -> None:
    """Kill a child and what it has started: a compiler that outlives its driver keeps the driver's output open."""
    # Gone meanwhile, or, on Windows, about to be: such a process denies access.
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(process.pid)
        for child in [*parent.children(recursive=True), parent]:
            with contextlib.suppress(psutil.Error):
                child.kill()
