"""Processes that are killed, interrupted or not alone while they fetch a model."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from process.command_line import PATIENCE_S, read_until
from process.hub_faults import Held
from process.local_hub import LocalHub, local_hub
from process.pulling import WEIGHTS, Pulling, assert_whole, small_model, visible

SIZE = len(small_model()[WEIGHTS])


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


@pytest.fixture
def cli(hub: LocalHub, tmp_path: Path) -> Pulling:
    return Pulling(tmp_path, hub)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process in the middle of whatever it does."""
    process.kill()
    process.communicate(timeout=PATIENCE_S)


@pytest.mark.parametrize("after", [0, 1, SIZE // 2, SIZE])
def test_killed_while_it_downloads(hub: LocalHub, cli: Pulling, after: int) -> None:
    """Nothing is visible of a model that was being fetched; the next command fetches the rest and no more."""
    held = Held(after)
    hub.faults[WEIGHTS] = [held]
    fetching = cli.start_pull()
    assert held.reached.wait(PATIENCE_S)
    kill(fetching)
    assert [] == visible(cli.root)
    parts = [path.stat().st_size for path in cli.root.rglob(f"{WEIGHTS}.part")]
    hub.served.clear()
    done = cli.pull()
    assert 0 == done.returncode, done.stderr
    assert_whole(cli.root, hub)
    assert SIZE - sum(parts) == hub.served[WEIGHTS]
    held.go.set()


@pytest.mark.parametrize("stage", ["verify", "install"])
def test_killed_when_everything_is_there(hub: LocalHub, cli: Pulling, stage: str) -> None:
    """A model is installed whole or not at all, and what was fetched is not fetched again."""
    fetching = cli.start_pull()
    read_until(fetching, f"\n{stage}\n")
    kill(fetching)
    assert visible(cli.root) in ([], [cli.installed.name])
    if visible(cli.root):
        assert_whole(cli.root, hub)
    done = cli.pull()
    assert 0 == done.returncode, done.stderr
    assert_whole(cli.root, hub)
    assert SIZE == hub.served[WEIGHTS]


def test_killed_many_times(hub: LocalHub, cli: Pulling) -> None:
    """However often it is killed, each attempt begins where the last one's file ended, and it comes to an end."""
    asked = []
    for after in (1_000_000, 1_500_000, 2_000_000):
        held = Held(after)
        hub.faults[WEIGHTS] = [held]
        fetching = cli.start_pull()
        assert held.reached.wait(PATIENCE_S)
        kill(fetching)
        held.go.set()
        assert [] == visible(cli.root)
        # One that was killed before it had read anything leaves an empty file, or none.
        sizes = [path.stat().st_size for path in cli.root.rglob(f"{WEIGHTS}.part")]
        asked += [f"bytes={size}-" for size in sizes if size]
    assert 0 == cli.pull().returncode
    assert_whole(cli.root, hub)
    ranges = [headers["Range"] for _, path, headers in hub.asked(WEIGHTS) if "/large/" in path and "Range" in headers]
    assert asked == ranges


def test_four_at_once(hub: LocalHub, cli: Pulling) -> None:
    """One fetches, the others wait for it and find the model; no byte is fetched twice."""
    held = Held(1_000_000)
    hub.faults[WEIGHTS] = [held]
    fetching = [cli.start_pull()]
    assert held.reached.wait(PATIENCE_S)
    fetching += [cli.start_pull() for _ in range(3)]
    for each in fetching[1:]:
        read_until(each, "waiting for it")
    held.go.set()
    ends = [each.communicate(timeout=PATIENCE_S) for each in fetching]
    assert [0] * 4 == [each.returncode for each in fetching], ends
    assert_whole(cli.root, hub)
    assert SIZE == hub.served[WEIGHTS]


def test_the_one_that_others_wait_for_is_killed(hub: LocalHub, cli: Pulling) -> None:
    """The system lets go of a dead process's lock: the one that waits takes over."""
    held = Held(1_000_000)
    hub.faults[WEIGHTS] = [held]
    first = cli.start_pull()
    assert held.reached.wait(PATIENCE_S)
    second = cli.start_pull()
    read_until(second, "waiting for it")
    kill(first)
    held.go.set()
    _, stderr = second.communicate(timeout=PATIENCE_S)
    assert 0 == second.returncode, stderr
    assert_whole(cli.root, hub)
