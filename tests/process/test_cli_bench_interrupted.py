"""`phi-ls bench` and Ctrl-C."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import psutil
from process.command_line import CommandLine, end_of

WORDS = {"tokens": ["a ", "b ", "c ", "d "], "then": "forever", "token_ms": 5}


def test_ctrl_c_leaves_what_was_measured(tmp_path: Path) -> None:
    """The finished repeats are printed, the exit code is 130, and the worker is gone."""
    cli = CommandLine(tmp_path)
    cli.script(WORDS)
    short = ("--engine", "echo", "--tokens", "8", "--prompt-tokens", "64")
    bench = cli.start("bench", *short, "--repeats", "1000000", "--json")
    assert bench.stderr is not None
    seen = b""
    while b": 3 of 1000000" not in seen:
        seen += bench.stderr.read(1)
    started = psutil.Process(bench.pid).children(recursive=True)
    bench.send_signal(signal.SIGINT)
    assert bench.stdout is not None
    found = json.loads(bench.stdout.read())
    code, stderr = end_of(bench)
    assert (130, [], True) == (code, psutil.wait_procs(started, 10)[1], found["interrupted"])
    assert "Traceback" not in stderr
    (row,) = found["rows"]
    assert 2 <= len(row["samples"]) < 1000
    assert "interrupted" == row["failure"]
    assert row["first_token_cold_ms"] > 0
