"""A worker in another interpreter, in a test's hands: asked and answered frame by frame."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

from engine.built_in import Answer
from environments.prepared import ENVIRONMENTS, interpreter

from phi_providers import worker_process
from phi_providers.messages import (
    Cancel,
    Done,
    Failed,
    Frame,
    Hello,
    Load,
    Loading,
    Piece,
    Ready,
    Request,
    Run,
    Started,
)
from phi_providers.wire import decode_frame, encode_frame

__all__ = ["ENVIRONMENTS", "ForeignWorker", "interpreter"]


class ForeignWorker:
    """One worker process; raises AssertionError with its own words when it fails."""

    def __init__(self, order: Load, python: str, **environ: str) -> None:
        command = [*worker_process.interpreter(replace(order, python=python)), "--parent", str(os.getpid())]
        self._home = tempfile.TemporaryDirectory()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**worker_process.environment(Path(self._home.name), order.engine), **environ},
            cwd=worker_process.PACKAGES,
        )
        assert isinstance(self._next(), Hello)
        self._send(order)
        self.stages: list[str] = []
        while isinstance(frame := self._next(), Loading):
            self.stages.append(frame.stage)
        assert isinstance(frame, Ready), frame
        self.profile = frame.profile

    def ask(self, request: Request, wanted: Callable[[list[Piece | Started]], bool] = lambda frames: True) -> Answer:
        """Run a request until it ends, or `wanted` says no after a frame."""
        self._send(Run(request=request))
        frames: list[Piece | Started] = []
        cancelled = False
        while not isinstance(frame := self._next(), (Done, Failed)):
            assert isinstance(frame, (Piece, Started))
            frames.append(frame)
            if not cancelled and not wanted(frames):
                cancelled = True
                self._send(Cancel(id=request.id))
        assert isinstance(frame, Done), frame
        return Answer(frame.usage, frames)

    def close(self) -> str:
        """End the process; return what it has written to its stderr."""
        self._pipe(self._process.stdin).close()
        self._process.wait(10)
        self._pipe(self._process.stdout).close()
        self._stderr.seek(0)
        said = self._stderr.read().decode("utf-8", "replace")
        self._stderr.close()
        self._home.cleanup()
        return said

    def _send(self, frame: Frame) -> None:
        stdin = self._pipe(self._process.stdin)
        stdin.write(encode_frame(frame))
        stdin.flush()

    def _next(self) -> Frame:
        line = self._pipe(self._process.stdout).readline()
        if not line:
            raise AssertionError(f"the worker is gone: {self.close()[-2000:]}")
        return decode_frame(line)

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe
