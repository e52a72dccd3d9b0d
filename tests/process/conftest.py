"""Fixtures of the tests that start worker processes."""

from __future__ import annotations

import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from process.processes import workers_of_this_process
from process.watched_pool import MakePool, Script, WatchedPool

from phi_providers.plan import Plan, one_order
from phi_providers.pool import Limits

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs us in the background has Ctrl-C ignored, and what we start would ignore it, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)

if sys.platform == "win32":
    # What these prove is done there by a job object, and there is no way to stop a process for a while.
    collect_ignore = ["test_confinement.py", "test_confinement_linux.py", "test_orphans.py", "test_stopped.py"]
    # No signals, no pseudo-terminals.
    collect_ignore += ["test_cli_interrupted.py", "test_cli_on_a_terminal.py", "test_cli_bench_interrupted.py"]
    collect_ignore += ["test_models_interrupted.py", "test_models_disk.py", "test_models_on_a_terminal.py"]
    # What readers type into a shell.
    collect_ignore += ["test_runtime_guides.py"]
elif sys.platform != "linux":
    collect_ignore = ["test_confinement_linux.py"]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """The script of the only, or the preferred, worker."""
    return Script(tmp_path)


@pytest.fixture
def second_script(tmp_path: Path) -> Script:
    """The script of the worker that stands in."""
    return Script(tmp_path, "second")


@pytest.fixture(autouse=True)
def no_worker_is_left() -> Iterator[None]:
    """Whatever a test did to its workers, none outlives it; those that other tests share are none of its own."""
    before = workers_of_this_process()
    yield
    assert [] == workers_of_this_process(apart_from=before)


@pytest.fixture
async def make_pool(tmp_path: Path, no_worker_is_left: None) -> AsyncIterator[MakePool]:
    """Make pools that are closed at the end."""
    made: list[WatchedPool] = []

    def make(
        *scripts: Script,
        plan: Plan | None = None,
        idle_unload_s: float = 0.0,
        devices: Sequence[str] = (),
        **limits: object,
    ) -> WatchedPool:
        places = devices or ["none"] * len(scripts)
        orders = [script.order(device) for script, device in zip(scripts, places, strict=True)]
        made.append(WatchedPool(plan or one_order(orders), tmp_path, idle_unload_s, Limits(**limits)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        await each.pool.close()


@pytest.fixture
async def pool(make_pool: MakePool, script: Script) -> WatchedPool:
    """A pool of one worker that follows `script`; nothing is started yet."""
    return make_pool(script)
