"""What the Linux kernel takes from a worker: network, privileges."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from process.watched_pool import WatchedPool

from phi_providers.worker_process import PACKAGES


def may_leave_the_network() -> bool:
    """Whether the kernel lets a process of this user into a network namespace of its own."""
    return subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode == 0


def namespace(process: str) -> str:
    return str((Path("/proc") / process / "ns/net").readlink())


def lines(pid: int, name: str) -> list[str]:
    return (Path("/proc") / str(pid) / name).read_text("utf-8").splitlines()


async def test_a_worker_on_the_cpu_has_no_network_where_the_kernel_allows(pool: WatchedPool) -> None:
    """Its network namespace is not ours and holds no interface but a dead loopback, and no route."""
    await pool.answer("first")
    pid = pool.pids[0]
    assert may_leave_the_network() == (namespace("self") != namespace(str(pid)))
    if may_leave_the_network():
        assert ["lo"] == [line.split(":")[0].strip() for line in lines(pid, "net/dev")[2:]]
        assert [] == lines(pid, "net/route")[1:]


async def test_a_worker_can_gain_no_privileges(pool: WatchedPool) -> None:
    """A set-user-id program started from a worker gets nothing."""
    await pool.answer("first")
    assert "NoNewPrivs:\t1" in lines(pool.pids[0], "status")


def test_a_worker_ends_when_its_parent_was_gone_before_it_asked_for_the_signal() -> None:
    """The kernel reports a death only from then on, so the worker looks once by itself."""
    command = [sys.executable, "-m", "phi_providers.worker", "--parent", "1"]
    ended = subprocess.run(command, cwd=PACKAGES, stdin=subprocess.PIPE, capture_output=True, timeout=10)
    assert (1, b"") == (ended.returncode, ended.stdout)
