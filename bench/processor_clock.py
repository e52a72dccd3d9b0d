"""The processor time of another process, finely enough for a single keystroke."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable

import psutil


def processor_clock(pid: int) -> Callable[[], float]:
    """Return a function that tells the seconds that all threads of a process have computed.

    By the process's own clock where the system has one (Linux, nanoseconds), else by its accounts, which count in steps
    of about 10 ms: good for a mean, not for a percentile.
    """
    clock = ctypes.c_int()
    try:
        failed = ctypes.CDLL(None).clock_getcpuclockid(ctypes.c_int(pid), ctypes.byref(clock))
    except (AttributeError, OSError, TypeError):
        failed = True
    return _accounts(pid) if failed else lambda: time.clock_gettime(clock.value)


def _accounts(pid: int) -> Callable[[], float]:
    process = psutil.Process(pid)

    def seconds() -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    return seconds
