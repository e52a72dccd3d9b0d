"""The child that asks one engine: `python -m phi_providers.devices ENGINE PARENT`, options as a line of JSON on stdin.

Writes a line for each report, the last of which counts; whatever an engine prints goes to stderr. The end of stdin ends
it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from phi_providers.confinement import die_with_parent
from phi_providers.devices.report import to_line


def main() -> None:
    """Ask the engine that the command line names."""
    engine, parent = sys.argv[1], int(sys.argv[2])
    die_with_parent(parent)
    out = os.dup(1)
    os.dup2(2, 1)
    orders = _claimed_stdin()
    options = json.loads(orders.readline())
    threading.Thread(target=_end_with, args=(orders,), name="parent", daemon=True).start()
    # Engines leave files in the working directory; the home that the parent gives is a temporary folder.
    os.chdir(Path.home())
    for report in importlib.import_module(f"phi_providers.devices.{engine}").examine(options):
        os.write(out, to_line(report))
    # A driver that hangs or crashes while it is unloaded has answered all the same.
    os._exit(0)


def _claimed_stdin() -> BinaryIO:
    """Return a private copy of stdin: on Windows, whoever asks about a pipe that a thread is reading waits for it."""
    orders = os.fdopen(os.dup(0), "rb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return orders


def _end_with(orders: BinaryIO) -> None:
    """Exit when nobody can write to us any more: the parent is gone, and no system but Linux tells otherwise."""
    orders.read()
    os._exit(1)


if __name__ == "__main__":
    main()
