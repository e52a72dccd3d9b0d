"""The child process: one engine, one request at a time, frames on private copies of stdin and stdout.

Started as `python -m phi_providers.worker --parent PID`; never imported. Two threads: this main thread belongs to the
model, a reader thread takes frames, so that a cancel is seen while a request runs.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO

from phi_providers.confinement import confine, die_with_parent
from phi_providers.errors import GenerationFailed, LoadFailed, WorkerDied
from phi_providers.gathering import Gathering
from phi_providers.messages import (
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
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
from phi_providers.models.builtin_forms import with_form
from phi_providers.provider import Emit, Provider, load_provider
from phi_providers.wire import BadFrame, decode_frame, encode_frame

LOADING_BEAT_S = 0.5
WATCHDOG_S = 30.0
"""A generate call that does not come back to Python for so long is ended by C code that needs no interpreter lock. The
parent acts long before; this is for a worker whose parent is gone while native code holds the lock."""
REWATCH_S = 1.0
"""So often the watchdog is set again: each time starts a thread, which takes 0.1 to 0.4 ms of the two of a token."""

Wire = tuple[BinaryIO, BinaryIO]


def claim_stdio() -> Wire:
    """Return private copies of stdin and stdout, and point the originals at the null device and at stderr.

    Native code prints on fd 1 past Python's `sys.stdout`; on the parent's pipe that would be a broken frame.
    """
    frames_in = os.fdopen(os.dup(0), "rb")
    frames_out = os.fdopen(os.dup(1), "wb", 0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return frames_in, frames_out


class Worker:
    """One engine between two pipes."""

    def __init__(self, wire: Wire) -> None:
        self._frames_in, self._frames_out = wire
        self._sending = threading.Lock()
        self._orders: queue.SimpleQueue[Load | Run] = queue.SimpleQueue()
        self._cancelled = -1

    def serve(self) -> None:
        """Serve until stdin ends; the reader thread then ends the process."""
        self._send(Hello(protocol=PROTOCOL_VERSION, pid=os.getpid()))
        threading.Thread(target=self._read_frames, name="frames", daemon=True).start()
        order = self._orders.get()
        if not isinstance(order, Load):
            self._send(Failed(id=-1, message="the first frame was not Load", fatal=True))
            return
        provider = self._load(order)
        while provider is not None:
            run = self._orders.get()
            if isinstance(run, Run):
                self._run(provider, run.request)

    def _read_frames(self) -> None:
        try:
            while line := self._frames_in.readline(MAX_FRAME_BYTES):
                self._take(decode_frame(line))
        except BadFrame as exc:
            self._send(Failed(id=-1, message=str(exc), fatal=True))
        finally:
            # The parent is gone or wants us gone. The main thread may be deep in native code: no clean-up can wait.
            os._exit(0)

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Cancel):
            self._cancelled = frame.id
        elif isinstance(frame, (Load, Run)):
            # A request that yielded comes back under its own id; the cancel that made it yield is spent.
            self._cancelled = -1
            self._orders.put(frame)

    def _load(self, order: Load) -> Provider | None:
        begun = time.perf_counter()
        stage = ["importing the engine"]

        def progress(name: str) -> None:
            stage[0] = name
            self._send(Loading(stage=name))

        try:
            with self._beating(stage):
                provider = load_provider(with_form(order, progress))
                profile = provider.load(progress)
        except LoadFailed as exc:
            self._send(Failed(id=-1, message=str(exc), fatal=True))
            return None
        except Exception as exc:  # noqa: BLE001  # any engine may raise anything; the parent must learn why
            self._send(Failed(id=-1, message=f"{order.engine} on {order.device}: {_one_line(exc)}", fatal=True))
            return None
        self._send(Ready(profile=profile, load_ms=(time.perf_counter() - begun) * 1000))
        return provider

    @contextlib.contextmanager
    def _beating(self, stage: list[str]) -> Iterator[None]:
        """Report the loading stage twice a second; engines release the interpreter lock while they compile."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(LOADING_BEAT_S):
                self._send(Loading(stage=stage[0]))

        thread = threading.Thread(target=beat, name="loading", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _run(self, provider: Provider, request: Request) -> None:
        watched = -REWATCH_S
        pieces = Gathering(self._send)

        def watch() -> None:
            nonlocal watched
            if (now := time.monotonic()) - watched >= REWATCH_S:
                watched = now
                faulthandler.dump_traceback_later(WATCHDOG_S, exit=True)

        def emit(frame: Piece | Started) -> bool:
            watch()
            if isinstance(frame, Piece):
                pieces.take(frame)
            else:
                self._send(frame)
            return self._cancelled != request.id

        watch()
        self._send(Piece(id=request.id))
        try:
            outcome = _outcome(provider, request, emit)
            pieces.flush()
            self._send(outcome)
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _send(self, frame: Frame) -> None:
        data = memoryview(encode_frame(frame))
        with self._sending:
            while data:
                data = data[self._frames_out.write(data) :]


def _outcome(provider: Provider, request: Request, emit: Emit) -> Done | Failed:
    act = provider.generate if request.max_new_tokens else provider.prefill
    try:
        return Done(id=request.id, usage=act(request, emit))
    except GenerationFailed as exc:
        return Failed(id=request.id, message=str(exc))
    except Exception as exc:  # noqa: BLE001  # the request loop: one bad request must not take the engine with it
        return Failed(id=request.id, message=_one_line(exc), fatal=isinstance(exc, (WorkerDied, MemoryError)))


def _one_line(exc: BaseException) -> str:
    # Engines put source locations of their build machine on the following lines; nobody is helped by them.
    text = next((line.strip() for line in str(exc).splitlines() if line.strip()), "")
    return f"{type(exc).__name__}: {text[:300]}"


def main() -> None:
    """Run a worker on stdin and stdout until stdin ends."""
    parser = argparse.ArgumentParser(prog="phi_providers.worker")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--no-network", action="store_true")
    arguments = parser.parse_args()
    wire = claim_stdio()
    confine(no_network=arguments.no_network)
    die_with_parent(arguments.parent)
    # An engine's step holds the interpreter lock; the reader thread gets in between two steps if it need not wait the
    # default 5 ms, which is three tokens of a small model.
    sys.setswitchinterval(0.0005)
    faulthandler.enable()
    Worker(wire).serve()
    os._exit(1)


if __name__ == "__main__":
    main()
