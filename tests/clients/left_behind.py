"""Proof that editors and what they started are gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

GONE_S = 30.0
"""A server that loses its editor takes its workers with it within seconds; a busy machine takes longer."""


@pytest.fixture
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """Fail the test if a process lives on after it whose environment names the test's folder."""
    yield
    _, alive = psutil.wait_procs(_started_for(tmp_path), timeout=GONE_S)
    left = [process.as_dict(["pid", "cmdline"]) for process in alive]
    for process in alive:
        process.kill()
    assert [] == left


def _started_for(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            values = process.environ().values()
        except (psutil.Error, OSError):
            continue
        if any(value.startswith(str(folder)) for value in values):
            found.append(process)
    return found
