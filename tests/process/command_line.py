"""`phi-ls` as a person or a script runs it: a child process with folders and settings of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

COMMAND = (sys.executable, "-m", "phi_ls")
PATIENCE_S = 60.0

REPORT_KEYS = [
    "text",
    "model",
    "engine",
    "device",
    "requested_device",
    "prompt_tokens",
    "tokens_reused",
    "new_tokens",
    "first_token_ms",
    "total_ms",
    "finish_reason",
    "dropped_reason",
]


class CommandLine:
    """Runs commands in `folder`, which also holds all that they write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")},
            "PHI_LS_CACHE_DIR": str(folder / "cache"),
            "PHI_LS_STATE_DIR": str(folder / "state"),
            "PHI_LS_DATA_DIR": str(folder / "data"),
            "PHI_LS_CONFIG": str(self.config),
            "PHI_LS_ECHO_SCRIPT": str(folder / "script.json"),
            "PYTHONUTF8": "1",
        }
        self.script()

    def script(self, *answers: dict[str, Any], **more: Any) -> None:
        """Say what the echo engine answers."""
        Path(self.env["PHI_LS_ECHO_SCRIPT"]).write_text(json.dumps({"answers": list(answers), **more}), "utf-8")

    def file(self, content: str | bytes, name: str = "sample.py") -> str:
        """Write a file and return its name."""
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)
        return name

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        given = {"stdin": subprocess.DEVNULL, **options}
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            **given,
        )

    def echo(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the echo engine."""
        return self.run(*arguments, "--engine", "echo")

    def report(self, *arguments: str) -> dict[str, Any]:
        """Run a command with the echo engine and return its JSON."""
        report: dict[str, Any] = json.loads(self.echo(*arguments, "--json").stdout)
        return report

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command and return it running."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*COMMAND, *arguments], cwd=self.folder, env=self.env, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0
        )


def read_until(process: subprocess.Popen[bytes], text: str) -> str:
    """Return what the process has written once this is part of it; the test's own time limit ends the wait."""
    assert process.stdout is not None
    seen = b""
    while text.encode() not in seen:
        piece = process.stdout.read(1)
        assert piece, f"{text!r} never came; the last was {seen[-200:]!r}"
        seen += piece
    return seen.decode()


def child_of(process: subprocess.Popen[bytes]) -> psutil.Process:
    """Return the only child of a process, once it has one; the test's own time limit ends the wait."""
    while not (children := psutil.Process(process.pid).children()):
        assert process.poll() is None
        time.sleep(0.01)
    (child,) = children
    return child


def end_of(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Return exit code and stderr of a process that ends by itself; none that it started may outlive it."""
    started = psutil.Process(process.pid).children(recursive=True)
    assert process.stderr is not None
    stderr = process.stderr.read().decode()
    code = process.wait(PATIENCE_S)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    _, alive = psutil.wait_procs(started, PATIENCE_S)
    assert [] == alive
    return code, stderr
