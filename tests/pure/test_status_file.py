"""The status file is written beside the event loop, never in it."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

from phi_ls.status_file import NewestInBackground, StatusFile

PATIENCE_S = 10.0


def test_a_slow_disk_holds_up_nothing() -> None:
    """While one status is being written the loop goes on; of those that come meanwhile the newest is written."""
    written: list[dict[str, Any]] = []
    writing, disk = threading.Event(), threading.Event()

    async def replace_it_while_it_is_written() -> None:
        loop, newest = asyncio.get_running_loop(), asyncio.Event()

        def write(status: dict[str, Any]) -> None:
            writing.set()
            assert disk.wait(PATIENCE_S)
            written.append(status)
            if status["number"] == 3:
                loop.call_soon_threadsafe(newest.set)

        background = NewestInBackground(write)
        background.put({"number": 1})
        await loop.run_in_executor(None, writing.wait, PATIENCE_S)
        for number in (2, 3):
            background.put({"number": number})
        assert [] == written
        disk.set()
        await asyncio.wait_for(newest.wait(), PATIENCE_S)

    asyncio.run(replace_it_while_it_is_written())
    assert [{"number": 1}, {"number": 3}] == written


def test_a_file_that_was_removed_is_not_written_again(tmp_path: Path) -> None:
    """A write that was on its way when the server ended leaves nothing behind."""
    folder = tmp_path / "servers"
    file = StatusFile(folder)
    file.write({"kind": "normal"})
    assert [f"{os.getpid()}.json"] == [path.name for path in folder.iterdir()]
    file.remove()
    file.write({"kind": "normal"})
    assert [] == list(folder.iterdir())
