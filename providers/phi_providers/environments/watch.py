"""Runs a command, and ends it with all that it has started when it neither says nor writes anything any more."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from phi_providers.environments.kept import size_of

SILENCE_S = 900.0
"""Longer than pip tries an index that does not answer, and than a slow machine compiles one large file."""

LOOKS = 20
"""How often it is looked whether the folder has grown, within the time that a child may be silent."""

TAIL_LINES = 40


class NotStarted(Exception):
    """The command cannot be started; the message says which, and why."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command has ended."""

    code: int
    tail: str
    """The last `TAIL_LINES` lines that it said."""
    stuck: bool
    """Whether it was ended because it had fallen silent."""


def follow(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    told: Callable[[str], None],
    *,
    stdin: int = subprocess.DEVNULL,
    silence_s: float = SILENCE_S,
) -> Ended:
    """Run a command in `folder` to its end, passing on each line of stdout and stderr that is not blank.

    Raises NotStarted. It is ended when for `silence_s` it has said nothing and nothing in `folder` has grown, and by
    whatever else ends this call.
    """
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as exc:
        raise NotStarted(f"{command[0]} cannot be started ({exc.strerror})") from exc
    with process, Watch(process, folder, silence_s) as watch:
        for line in process.stdout or ():
            watch.heard()
            if text := line.strip():
                tail.append(text)
                told(text)
    return Ended(code=process.returncode, tail="\n".join(tail), stuck=watch.stuck)


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
