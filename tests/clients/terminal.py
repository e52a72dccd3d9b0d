"""A program in a pseudo terminal: its screen, and the keys that a person types."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

PATIENCE_S = 120.0
"""For anything to appear: a busy machine may have to load the model first."""

ESCAPE, ENTER, TAB = "\x1b", "\r", "\t"

Condition = Callable[[list[str]], bool]


def control(letter: str) -> str:
    """Return what a terminal sends for Ctrl and a letter."""
    return chr(ord(letter.upper()) - ord("@"))


class Terminal:
    """A running program; leaving kills it if it is still there."""

    def __init__(
        self, words: Sequence[str], variables: Mapping[str, str], folder: Path, columns: int = 100, lines: int = 30
    ) -> None:
        self._screen = _Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = os.openpty()
        # The program may ask the terminal what it is, and waits for the answer.
        self._screen.write_process_input = self._send
        size = f"rows {lines} columns {columns}"
        subprocess.run(["stty", *size.split()], stdin=theirs, check=True)
        environment = {**variables, "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(lines)}
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=folder
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    def screen(self) -> list[str]:
        """Return the lines on the screen, without the spaces at their ends."""
        return [line.rstrip() for line in self._screen.display]

    def type(self, keys: str) -> None:
        """Type, as a terminal sends keys."""
        self._send(keys)

    def until(self, condition: Condition | str) -> list[str]:
        """Wait until the screen meets a condition, or shows a text, and return it; else show what there is."""
        meets = condition if callable(condition) else lambda lines: any(condition in line for line in lines)
        end = time.monotonic() + PATIENCE_S
        while not meets(self.screen()):
            left = end - time.monotonic()
            shown = "\n".join(self.screen())
            assert left > 0, f"waited in vain for {condition!r}:\n{shown}"
            assert self._read(left), f"the program has ended while {condition!r} was waited for:\n{shown}"
        return self.screen()

    def wait_for_end(self) -> int:
        """Wait until the program has ended by itself and return its exit status."""
        end = time.monotonic() + PATIENCE_S
        while self._read(end - time.monotonic()):
            assert time.monotonic() < end, "\n".join(self.screen())
        return self._process.wait(timeout=PATIENCE_S)

    def _read(self, seconds: float) -> bool:
        """Take what the program draws; False if there will be nothing more."""
        ready, _, _ = select.select([self._ours], [], [], max(seconds, 0))
        if not ready:
            return True
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # Linux reports the end of the last process on a terminal as an error.
            return False
        self._stream.feed(data)
        return bool(data)

    def _send(self, keys: str) -> None:
        os.write(self._ours, keys.encode())


class _Screen(pyte.Screen):
    """A screen that ignores questions to newer terminals, which pyte takes for malformed orders."""

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attributes)

    def report_device_status(self, mode: int, private: bool = False) -> None:
        if not private:
            super().report_device_status(mode)
