"""The child that asks one engine: `python -m phi_providers.devices ENGINE PARENT`, options as JSON on stdin.

Writes a line for each report, the last of which counts; whatever an engine prints goes to stderr.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

from phi_providers.confinement import die_with_parent
from phi_providers.devices.report import to_line


def main() -> None:
    """Ask the engine that the command line names."""
    engine, parent = sys.argv[1], int(sys.argv[2])
    die_with_parent(parent)
    out = os.dup(1)
    os.dup2(2, 1)
    options = json.loads(sys.stdin.buffer.read())
    # Engines leave files in the working directory; the home that the parent gives is a temporary folder.
    os.chdir(Path.home())
    for report in importlib.import_module(f"phi_providers.devices.{engine}").examine(options):
        os.write(out, to_line(report))
    # A driver that hangs or crashes while it is unloaded has answered all the same.
    os._exit(0)


if __name__ == "__main__":
    main()
