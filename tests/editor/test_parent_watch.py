"""Tests of the watch over the editor's process, with real processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from phi_ls.connection.parent_watch import ParentWatch


def _editor() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


@pytest.mark.parametrize("options", [{}, {"descriptors": False, "poll_s": 0.01}])
async def test_the_watch_tells_of_a_death_once(options: Any) -> None:
    """Both ways of watching notice the death, and neither calls twice."""
    deaths: asyncio.Queue[None] = asyncio.Queue()
    with _editor() as editor:
        watch = ParentWatch(editor.pid, lambda: deaths.put_nowait(None), **options)
        watch.start()
        assert deaths.empty()
        editor.kill()
        await asyncio.wait_for(deaths.get(), 10)
        watch.stop()
    assert deaths.empty()


@pytest.mark.parametrize("options", [{}, {"descriptors": False, "poll_s": 0.01}])
async def test_a_stopped_watch_is_silent(options: Any) -> None:
    """After `stop` nothing is called, whatever becomes of the process."""
    deaths: list[None] = []
    with _editor() as editor, _editor() as other:
        watch = ParentWatch(editor.pid, lambda: deaths.append(None), **options)
        watch.start()
        watch.stop()
        editor.kill()
        editor.wait()
        noticed = asyncio.Event()
        reference = ParentWatch(other.pid, noticed.set, **options)
        reference.start()
        other.kill()
        await asyncio.wait_for(noticed.wait(), 10)
    assert [] == deaths


@pytest.mark.parametrize("pid", [0, -1])
async def test_a_pid_that_can_be_nobody_is_not_watched(pid: int) -> None:
    """Zero and negative ids mean groups of processes to the system, and nobody here."""
    deaths: list[None] = []
    ParentWatch(pid, lambda: deaths.append(None)).start()
    assert [] == deaths
