"""Makes the next start read its files from the disk again, as far as a process without privileges can."""

from __future__ import annotations

import contextlib
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import phi_ls
import phi_providers


def evict() -> int:
    """Drop the packages, their libraries and the model from the file cache; return the bytes that went, by its size.

    Pages that some running process has mapped stay.
    """
    if not hasattr(os, "posix_fadvise"):
        return 0
    before = _cached()
    for path in _files():
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fdatasync(descriptor)  # pages not yet written can't be dropped
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
    return max(before - _cached(), 0)


def _files() -> Iterator[Path]:
    """Yield the files of our packages, of those installed beside them, and of the standard library."""
    for package in (phi_ls, phi_providers):
        yield from _below(Path(str(package.__file__)).parent)
    yield from _below(Path(sysconfig.get_path("purelib")))
    yield from _below(Path(sysconfig.get_path("stdlib")))


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("site-packages", "test")]
        yield from (Path(root, name) for name in files)


def _cached() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("Cached:"):
                return int(line.split()[1]) * 1024
    return 0
