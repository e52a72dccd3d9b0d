"""The parent's handle on one child: spawn, handshake, frames, signs of life, stderr, end."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Protocol

from phi_providers.errors import LoadFailed, WorkerDied, WorkerHung
from phi_providers.limits import Limits
from phi_providers.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Done,
    Failed,
    Frame,
    Hello,
    Load,
    Loading,
    ModelProfile,
    Piece,
    Ready,
    Request,
    Run,
    Started,
)
from phi_providers.processor_time import ProcessorTime
from phi_providers.signs_of_life import SignsOfLife, step_s
from phi_providers.tally import Tally
from phi_providers.wire import BadFrame, decode_frame, encode_frame
from phi_providers.worker_process import describe_exit, kill_group, last_words, spawn
from phi_providers.worker_state import State

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who wants to know what a worker says."""

    def on_progress(self, client: WorkerClient) -> None:
        """The state or the loading stage changed."""

    def on_frame(self, client: WorkerClient, frame: Started | Piece | Done | Failed) -> None:
        """The request that runs has news; after Done or Failed the worker is READY."""

    def on_death(self, client: WorkerClient, cause: WorkerDied) -> None:
        """The process is gone and reaped. Called once, not after `stop`."""


class WorkerClient:
    """One child process from start to end; a new one is made for a restart, so late frames have nowhere to go."""

    def __init__(self, order: Load, home: Path, listener: Listener, limits: Limits) -> None:
        self.order = order
        self.state = State.STARTING
        self.stage = "starting"
        self.profile: ModelProfile | None = None
        self.load_ms = 0.0
        self.tally = Tally()
        self.pid: int | None = None
        self.running: Request | None = None
        self._home = home
        self._listener = listener
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._stderr_tail = b""
        self._cause: WorkerDied | None = None
        self._heard = False  # since the last cancel: a worker that talks on is not busy but deaf
        self._stopping = False
        self._worked = ProcessorTime()
        self._life = SignsOfLife(self._silent, self._worked.seconds)
        self._stage = SignsOfLife(self._stuck)
        deaf = "did not stop a cancelled request and was ended"
        self._obedience = SignsOfLife(
            lambda _: self.kill(self._death(deaf, WorkerHung)),
            lambda: 0.0 if self._heard else self._worked.seconds(),
        )
        self._task = asyncio.get_running_loop().create_task(self._live(), name="worker")
        self._task.add_done_callback(self._lost)

    def run(self, request: Request) -> None:
        """Send a request to a READY worker."""
        if self.state is not State.READY:
            raise RuntimeError(f"a worker that is {self.state.value} was given a request")
        self.state, self.running = State.BUSY, request
        self._life.expect(self._limits.silence_s, learn=True)
        self._send(Run(request=request))

    def cancel(self, request_id: int) -> None:
        """Ask the worker to stop this request; it answers Done within a token or a chunk, or is killed."""
        if self.running is not None and self.running.id == request_id:
            self._send(Cancel(id=request_id))
            if not self._obedience.due:
                self._heard = False
                self._obedience.expect(max(self._limits.cancel_grace_s, self._life.patience_s), learn=False)

    def silence(self) -> None:
        """Call nobody back from now on."""
        self._stopping = True

    async def stop(self) -> None:
        """End the process: close its stdin, wait, kill. No callback follows."""
        self.silence()
        self._close_stdin()
        done, _ = await asyncio.wait({self._task}, timeout=self._limits.grace_s)
        if not done:
            self.kill()
            await asyncio.wait({self._task}, timeout=self._limits.grace_s)

    def kill(self, cause: WorkerDied | None = None) -> None:
        """Kill the process now; `on_death` follows with `cause` when it is reaped."""
        self._cause = self._cause or cause
        if self._process is not None and self._process.returncode is None:
            kill_group(self._process)

    async def _live(self) -> None:
        try:
            self._process = await spawn(self.order, self._home)
        except LoadFailed as exc:
            self._died(exc)
            return
        self.pid = self._process.pid
        drained = asyncio.create_task(self._drain_stderr(self._process), name="worker stderr")
        if self._stopping:
            self._close_stdin()
        self._life.expect(self._limits.loading_silence_s, learn=False)
        self._send(Load(**vars(self.order)))
        await self._read_frames(self._process)
        if self._cause is not None:
            self.kill()
        code = await self._reap(self._process)
        kill_group(self._process)
        # Bounded: a process that has left the group may hold the other end.
        await asyncio.wait({drained}, timeout=self._limits.grace_s)
        drained.cancel()
        self._died(self._cause or self._unexplained(code))

    async def _reap(self, process: asyncio.subprocess.Process) -> int:
        """Return the exit code of a process that has closed its stdout, killing it if it lingers."""
        try:
            return await asyncio.wait_for(process.wait(), self._limits.grace_s)
        except asyncio.TimeoutError:
            self.kill()
            return await process.wait()

    async def _read_frames(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            raise AssertionError("unreachable")
        while self._cause is None:
            try:
                line = await process.stdout.readline()
                if not line:
                    return
                frame = decode_frame(line)
            except (ValueError, BadFrame) as exc:
                self._cause = self._death(f"wrote something that is no frame ({exc})")
                return
            self._life.seen()
            self._heard = True
            if not self._stopping:
                self._take(frame)

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Hello):
            if frame.protocol != PROTOCOL_VERSION:
                self._cause = LoadFailed(f"the worker speaks protocol {frame.protocol}, not {PROTOCOL_VERSION}")
            # Not the pid that was started: in a Windows virtual environment that one is a launcher.
            self.pid = frame.pid
            self._worked.watch(frame.pid)
            self.state = State.LOADING
        elif isinstance(frame, Loading) and self.profile is None:
            if frame.stage != self.stage:
                self._stage.expect(self._limits.stage_s, learn=False)
            self.stage = frame.stage
            self._listener.on_progress(self)
        elif isinstance(frame, Ready) and self.profile is None:
            self.state, self.profile, self.load_ms = State.READY, frame.profile, frame.load_ms
            self._stage.rest()
            self._life.rest(knowing=step_s(frame.profile))
            self._listener.on_progress(self)
        elif isinstance(frame, Failed) and frame.fatal:
            self._cause = LoadFailed(frame.message) if self.profile is None else WorkerDied(frame.message)
        elif isinstance(frame, (Started, Piece, Done, Failed)):
            self._take_news(frame)
        else:
            self._cause = self._death(f"sent {type(frame).__name__} out of turn")

    def _take_news(self, frame: Started | Piece | Done | Failed) -> None:
        if self.running is None or frame.id != self.running.id:
            self._cause = self._death("answered a request that it was not given")
            return
        if isinstance(frame, (Done, Failed)):
            self.state, self.running = State.READY, None
            self._life.rest()
            self._obedience.rest()
        if isinstance(frame, Done):
            self.tally = self.tally.plus(frame.usage)
        self._listener.on_frame(self, frame)

    def _send(self, frame: Frame) -> None:
        # A dead child's pipe raises nothing here; the end of its stdout tells.
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(encode_frame(frame))

    def _close_stdin(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def _silent(self, silence_s: float) -> None:
        self.kill(self._death(f"gave no sign of life for {silence_s:.1f} s and was ended", WorkerHung))

    def _stuck(self, silence_s: float) -> None:
        self.kill(LoadFailed(f"loading {self._where()} got no further than '{self.stage}' in {silence_s:.0f} s"))

    async def _drain_stderr(self, process: asyncio.subprocess.Process) -> None:
        """Keep the pipe empty: a child that cannot write to stderr blocks for ever."""
        if process.stderr is None:
            raise AssertionError("unreachable")
        while chunk := await process.stderr.read(65536):
            self._stderr_tail = (self._stderr_tail + chunk)[-4096:]
            log.debug("worker %s: %s", self.pid, chunk.decode("utf-8", "replace").rstrip())

    def _unexplained(self, code: int) -> WorkerDied:
        said = f"; its last words: {last}" if (last := last_words(self._stderr_tail)) else ""
        return self._death(f"{describe_exit(code)}{said}")

    def _death(self, what: str, family: type[WorkerDied] = WorkerDied) -> WorkerDied:
        """Return the cause for a worker that did `what`: before its model was loaded, loading failed."""
        return (LoadFailed if self.profile is None else family)(f"the worker of {self._where()} {what}")

    def _died(self, cause: WorkerDied) -> None:
        self.state = State.DEAD
        for watch in (self._stage, self._life, self._obedience):
            watch.rest()
        if not self._stopping:
            self._listener.on_death(self, cause)

    def _lost(self, task: asyncio.Task[None]) -> None:
        """Turn an error of ours into the end of this worker: nobody would read its frames any more."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            task.get_loop().call_exception_handler({"message": "a worker was lost", "exception": error, "task": task})
            self.kill()
            self._died(self._death(f"was lost to an error of phi-ls ({type(error).__name__})"))

    def _where(self) -> str:
        return f"{self.order.engine} on {self.order.device}"
