"""What tests with a server share: folders of their own, clients, and the proof that no process is left behind."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from editor.echo_editor import EchoEditor, StartEditor
from editor.friendly_client import StartFriendly, friendly_client

GONE_S = 8.0
"""A server that is killed takes its workers with it within a second or two; a busy machine takes longer."""

NEEDS_A_TRACER = ["test_privacy.py"]
TRACEABLE = sys.platform.startswith("linux") and shutil.which("strace") is not None

# A person's machine may have no strace, and the rest says enough there. Continuous integration installs it: where it
# runs, nothing is left out, and the tests say what is missing.
collect_ignore = [] if TRACEABLE or os.environ.get("CI") else NEEDS_A_TRACER


def pytest_report_header() -> str:
    """Say what is left out."""
    return f"left out: {', '.join(collect_ignore)} (install strace)" if collect_ignore else "traced by strace"


@pytest.fixture(autouse=True)
def no_process_left(tmp_path: Path) -> Iterator[None]:
    """Fail the test if a child, or a worker of a server that is gone already, lives on after it."""
    before = set(psutil.Process().children(recursive=True))
    yield
    ours = [child for child in psutil.Process().children(recursive=True) if child not in before]
    _, alive = psutil.wait_procs([*ours, *_started_for(tmp_path)], timeout=GONE_S)
    left = [process.as_dict(["pid", "cmdline"]) for process in alive]
    for process in alive:
        process.kill()
    assert [] == left


def _started_for(folder: Path) -> list[psutil.Process]:
    """Return the processes whose environment names the test's own folder, whoever their parent is by now."""
    found = []
    for process in psutil.process_iter():
        try:
            values = process.environ().values()
        except (psutil.Error, OSError):
            continue
        if any(value.startswith(str(folder)) for value in values):
            found.append(process)
    return found


@pytest.fixture
def editor(tmp_path: Path) -> StartEditor:
    """Start a server with the answers of a scripted model, and the strict client in front of it."""
    return partial(EchoEditor, tmp_path)


@pytest.fixture
def friendly(tmp_path: Path) -> StartFriendly:
    """Start a server with the answers of a scripted model, and pytest-lsp's client in front of it."""
    return partial(friendly_client, tmp_path)
