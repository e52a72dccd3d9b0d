"""A server whose stderr nobody reads."""

from __future__ import annotations

import subprocess
import sys

FLOOD = """
import logging, sys, threading
from phi_ls import logs
logs.set_up()
for number in range(3000):
    # Loggers of many names, so that the limit on repetitions lets the records through.
    logging.getLogger(f"phi_ls.part{number}").warning("x" * 500)
print("the loop went on", flush=True)
"""


def test_an_unread_stderr_stops_nobody() -> None:
    """Log records beyond what the pipe holds are dropped, and whoever logs goes on at once."""
    process = subprocess.Popen([sys.executable, "-c", FLOOD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "the loop went on\n" == process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def test_records_come_out_in_order_and_whole() -> None:
    """What is logged right before the end of the process is written."""
    code = "import logging; from phi_ls import logs; logs.set_up(); logging.getLogger('phi_ls').warning('last\\nwords')"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.endswith("warning phi_ls: last\\nwords\n")
