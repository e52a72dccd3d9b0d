"""Whether processes are gone."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Collection

import psutil


def alive(process: psutil.Process) -> bool:
    """Whether a process still runs; one that has ended but was not yet reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def workers_of_this_process(apart_from: Collection[psutil.Process] = ()) -> list[psutil.Process]:
    """Return the worker processes, and theirs, that this process has now."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if alive(child) and "phi_providers.worker" in child.cmdline() and child not in apart_from:
                found.append(child)
    return found


def left_after(processes: list[psutil.Process], timeout_s: float) -> list[psutil.Process]:
    """Wait for the processes to end and return those that did not."""
    deadline = time.monotonic() + timeout_s
    return [process for process in processes if not _ends_until(deadline, process)]


def _ends_until(deadline: float, process: psutil.Process) -> bool:
    left_s = max(deadline - time.monotonic(), 0)
    if not hasattr(os, "pidfd_open"):
        return process not in psutil.wait_procs([process], timeout=left_s)[1]
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return True
    # Readable when the process has ended, whether or not whoever inherited it has reaped it.
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    ended = bool(poll.poll(left_s * 1000))
    os.close(descriptor)
    return ended
