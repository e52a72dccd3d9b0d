"""What the system says of a running process."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Bytes; `pss` is 0 where the system does not tell it."""

    rss: int
    uss: int
    pss: int
    descriptors: int
    threads: int


def usage_of(pid: int) -> Usage:
    """Return what the process uses now."""
    process = psutil.Process(pid)
    memory = process.memory_full_info()
    return Usage(
        rss=memory.rss,
        uss=memory.uss,
        pss=getattr(memory, "pss", 0),
        descriptors=process.num_handles() if hasattr(process, "num_handles") else process.num_fds(),
        threads=process.num_threads(),
    )
