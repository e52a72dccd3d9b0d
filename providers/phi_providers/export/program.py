"""`python -I program.py MODULE ARGUMENT…`: runs a conversion tool, and ends it when whoever started it has gone.

Started by its path with the interpreter of an isolated environment, so it uses the standard library alone. Its stdin is
a pipe that its parent never writes to: when that ends, the parent is dead.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def main() -> None:
    """Run the module."""
    lifeline = os.dup(0)
    # A tool that asks a question finds nobody to answer it.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_end_after, args=(lifeline,), name="lifeline", daemon=True).start()
    # It reports to its makers what is being exported.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_after(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
