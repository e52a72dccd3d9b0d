"""Starts `owner.py` and talks with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
from process.watched_pool import PATIENCE_S, Script

TESTS = Path(__file__).resolve().parent


class Owner:
    """A process that owns a pool with one worker."""

    def __init__(self, process: asyncio.subprocess.Process, worker: psutil.Process) -> None:
        self.process = process
        self.itself = psutil.Process(process.pid)
        self.worker = worker

    async def outcome(self) -> str:
        """Return the text, or the error, in which its request ended."""
        return str((await _line(self.process))["outcome"])


async def _line(process: asyncio.subprocess.Process) -> dict[str, object]:
    assert process.stdout is not None
    line: dict[str, object] = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
    return line


@contextlib.asynccontextmanager
async def owner_of_a_pool(script: Script, state: str, **environment: str) -> AsyncIterator[Owner]:
    """Start an owner whose worker is in this state; kill it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        TESTS / "owner.py",
        script.path.parent,
        script.path,
        state,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
        cwd=script.path.parent,
    )
    try:
        pid = (await _line(process))["pid"]
        assert isinstance(pid, int)
        yield Owner(process, psutil.Process(pid))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
