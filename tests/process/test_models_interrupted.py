"""Ctrl-C while a model is fetched."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from process.command_line import PATIENCE_S, end_of, read_until
from process.hub_faults import Held
from process.local_hub import LocalHub, local_hub
from process.pulling import WEIGHTS, Pulling, assert_whole, visible


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


@pytest.fixture
def cli(hub: LocalHub, tmp_path: Path) -> Pulling:
    return Pulling(tmp_path, hub)


def test_interrupted(hub: LocalHub, cli: Pulling) -> None:
    """Ctrl-C ends it at once with exit code 130 and says that the same command goes on."""
    held = Held(2_000_000)
    hub.faults[WEIGHTS] = [held]
    fetching = cli.start_pull()
    read_until(fetching, "download\n")
    assert held.reached.wait(PATIENCE_S)
    fetching.send_signal(signal.SIGINT)
    code, stderr = end_of(fetching)
    held.go.set()
    assert 130 == code
    assert "goes on from here" in stderr
    assert "Traceback" not in stderr
    assert [] == visible(cli.root)
    assert 0 == cli.pull().returncode
    assert_whole(cli.root, hub)
