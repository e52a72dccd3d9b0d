"""Whether processes are gone."""

from __future__ import annotations

import contextlib

import psutil


def alive(process: psutil.Process) -> bool:
    """Whether a process still runs; one that has ended but was not yet reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def workers_of_this_process() -> list[psutil.Process]:
    """Return the worker processes, and theirs, that this process has now."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if alive(child) and "phi_providers.worker" in child.cmdline():
                found.append(child)
    return found


def left_after(pids: list[psutil.Process], timeout_s: float) -> list[psutil.Process]:
    """Wait for the processes to end and return those that did not."""
    _, left = psutil.wait_procs(pids, timeout=timeout_s)
    return [process for process in left if alive(process)]
