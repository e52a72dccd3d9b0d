"""What a broken engine does, by the words of the echo engine's script."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from phi_providers.messages import Done, Usage
from phi_providers.wire import encode_frame

MEGABYTE = 1024 * 1024


def happen(what: str) -> None:
    """Do what the word says; words of other meanings do nothing here."""
    DEEDS.get(what, lambda: None)()


def _write_beside_the_frames(data: bytes) -> None:
    # What a library that found the private copy of stdout would do.
    for descriptor in range(3, 16):
        with contextlib.suppress(OSError):
            os.write(descriptor, data)


def _work(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def _start(*, session: bool) -> None:
    # It inherits stderr, and so holds the parent's pipe open after the worker's death.
    command = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    subprocess.Popen(command, start_new_session=session)


DEEDS: dict[str, Callable[[], object]] = {
    "exit": lambda: os._exit(7),
    "abort": os.abort,
    "segfault": lambda: ctypes.string_at(0),
    "busy": lambda: _work(1.5),
    "hang": lambda: threading.Event().wait(),
    # PyDLL keeps the interpreter lock during the call, as an engine's step does.
    "hang_gil": lambda: ctypes.PyDLL(None).sleep(3600),
    "print_fd1": lambda: os.write(1, b"a native library prints on fd 1\n"),
    "flood_stderr": lambda: sys.stderr.write("a chatty library\n" * (MEGABYTE // 16)),
    "junk": lambda: _write_beside_the_frames(b"}{ no frame\n"),
    "endless_line": lambda: _write_beside_the_frames(b"x" * 9 * MEGABYTE),
    "second_reply": lambda: _write_beside_the_frames(encode_frame(Done(id=10**9, usage=Usage()))),
    "child": lambda: _start(session=False),
    "daemon": lambda: _start(session=True),
}
"""`busy` computes for 1.5 s of processor time; `hang` waits without the interpreter lock, `hang_gil` with it;
`second_reply` answers a request never given, `daemon` starts a process that leaves the worker's group."""
