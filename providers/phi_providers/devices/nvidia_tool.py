"""What `nvidia-smi`, which comes with NVIDIA's driver, tells of its GPUs."""

from __future__ import annotations

import csv
import shutil
import subprocess

ANSWER_S = 5.0
"""It answers within 0.1 s; with a hung driver it never does."""


def ask(*fields: str, tool: str | None = None, answer_s: float = ANSWER_S) -> str:
    """Return a table of these fields, a GPU a line; empty if the tool is not there or fails.

    Raises subprocess.TimeoutExpired if it does not answer.
    """
    tool = tool or shutil.which("nvidia-smi")
    if tool is None:
        return ""
    try:
        done = subprocess.run(
            [tool, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=answer_s,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def rows(table: str, *, columns: int) -> list[list[str]]:
    """Return the cells of the lines that have so many; others tell that there is no GPU."""
    return [row for row in csv.reader(table.splitlines(), skipinitialspace=True) if len(row) == columns]


def mebibytes(cell: str) -> int | None:
    """Return a cell's MiB in bytes; None where the card does not tell."""
    return int(cell) * 2**20 if cell.isdigit() else None
