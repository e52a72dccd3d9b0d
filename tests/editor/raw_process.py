"""The server's process: its pipes, its stderr, its end."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence

from editor.raw_wire import Json, Violation

TIMEOUT_S = 10.0


class RawProcess:
    """A child whose stdin and stdout are pipes of ours, and whose stderr is kept."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        patience: float = TIMEOUT_S,
    ) -> None:
        """`patience` is how many seconds a wait takes at most unless it says otherwise."""
        self.patience = patience
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env, cwd=cwd, bufsize=0)
        self.violations: list[str] = []
        self._changed = threading.Condition()
        self._stderr = bytearray()
        self._send_lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._running = 0
        self._start(self._drain_stderr)

    def send_bytes(self, data: bytes) -> None:
        """Send exactly these bytes."""
        assert self.process.stdin is not None
        view = memoryview(data)
        with self._send_lock:
            while view:
                view = view[self.process.stdin.write(view) or 0 :]

    def wait_exit(self, timeout: float | None = None) -> int:
        """Return the exit code once the server has ended by itself."""
        limit = self.patience if timeout is None else timeout
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise Violation(f"the server is still alive after {limit} s\n{self.stderr}") from None

    def wait_stderr(self, text: str, timeout: float | None = None) -> None:
        """Return once this has been written to stderr."""
        self._wait(lambda: {"found": text} if text in self.stderr else None, timeout, f"stderr never said {text!r}")

    @property
    def stderr(self) -> str:
        """What the server has written to stderr so far."""
        return bytes(self._stderr).decode(errors="replace")

    def close_stdin(self) -> None:
        """End the server's input."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def kill(self) -> None:
        """End the server if it has not ended, and close all pipes."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]  # all three are pipes

    def join(self) -> None:
        """Wait until everything that the ended server sent has been taken in."""
        for thread in self._threads:
            thread.join(TIMEOUT_S)

    def check(self) -> None:
        """Raise Violation if the server has done something wrong so far."""
        with self._changed:
            if self.violations:
                raise Violation("; ".join(self.violations) + f"\n{self.stderr}")

    def _start(self, target: Callable[[], None]) -> None:
        def run() -> None:
            try:
                target()
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()

        self._running += 1
        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()

    def _wait(self, probe: Callable[[], Json | None], timeout: float | None, complaint: str) -> Json:
        limit = self.patience if timeout is None else timeout
        found: Json | None = None

        def settled() -> bool:
            nonlocal found
            found = probe()
            return found is not None or bool(self.violations) or not self._running

        with self._changed:
            self._changed.wait_for(settled, limit)
        self.check()
        if found is None:
            raise Violation(f"{complaint} within {limit} s; exit code {self.process.poll()}\n{self.stderr}")
        return found

    def _drain_stderr(self) -> None:
        assert self.process.stderr is not None
        while data := self.process.stderr.read(65536):
            with self._changed:
                self._stderr += data
                self._changed.notify_all()
