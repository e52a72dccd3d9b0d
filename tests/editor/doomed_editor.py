"""An editor's process to be killed: starts the command in its arguments and stands between it and the test.

With `--aside` it hands its own pipes to the command, so that these stay open when it dies.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading


def main() -> int:
    """Run until the command has ended."""
    if sys.argv[1] == "--aside":
        return subprocess.Popen(sys.argv[2:]).wait()
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    assert process.stdin is not None
    assert process.stdout is not None
    for pair in ((0, process.stdin.fileno()), (process.stdout.fileno(), 1)):
        threading.Thread(target=_copy, args=pair, daemon=True).start()
    return process.wait()


def _copy(source: int, target: int) -> None:
    while data := os.read(source, 65536):
        os.write(target, data)


if __name__ == "__main__":
    sys.exit(main())
