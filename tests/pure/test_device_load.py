"""What the system tells about processors becomes shares of time and bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from phi_ls.device_load import DeviceLoad, Meter, Nvidia, read_nvidia


class Clock:
    """Nanoseconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000

    def __call__(self) -> int:
        """The time."""
        return self.now


def written(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def named(loads: list[DeviceLoad], start: str) -> DeviceLoad:
    return next(load for load in loads if load.name.startswith(start))


def test_an_npu_is_busy_by_the_share_of_time_between_two_looks(tmp_path: Path) -> None:
    """The driver counts microseconds of work; the first look has nothing to compare with."""
    clock, device = Clock(), tmp_path / "sys/class/accel/accel0/device"
    meter = Meter(sysfs=tmp_path / "sys", procfs=tmp_path / "proc", clock=clock)
    written(device / "npu_busy_time_us", "500\n")
    written(device / "npu_memory_utilization", "4096\n")
    assert (None, 4096) == (named(meter.look(), "NPU").busy, named(meter.look(), "NPU").memory_used)
    clock.now += 1_000_000
    written(device / "npu_busy_time_us", "750\n")
    assert 0.25 == named(meter.look(), "NPU").busy


def test_a_gpu_is_as_busy_as_the_workers_make_it(tmp_path: Path) -> None:
    """Engine times of the workers' clients add up, one client counts once, and other files say nothing."""
    clock, proc = Clock(), tmp_path / "proc"
    meter = Meter(sysfs=tmp_path / "sys", procfs=proc, clock=clock)

    def client(pid: int, descriptor: int, number: int, render: int) -> None:
        lines = ["pos: 0", "drm-driver: xe", "drm-pdev: 0000:00:02.0", f"drm-client-id: {number}"]
        lines += [f"drm-engine-render: {render} ns", "drm-engine-copy: 0 ns", "drm-resident-local0: 3 MiB"]
        written(proc / str(pid) / "fdinfo" / str(descriptor), "\n".join(lines))

    written(proc / "7" / "fdinfo" / "0", "pos: 0\nflags: 02\n")
    client(7, 3, 1, 1000)
    client(7, 4, 1, 1000)
    client(8, 3, 2, 500)
    assert 2 * 3 * 2**20 == named(meter.look([7, 8]), "GPU").memory_used
    clock.now += 1000
    client(7, 3, 1, 1300)
    client(7, 4, 1, 1300)
    client(8, 3, 2, 600)
    assert 0.4 == named(meter.look([7, 8]), "GPU").busy


def test_a_machine_that_tells_nothing_still_has_a_processor(tmp_path: Path) -> None:
    """Without drivers, files and tools, and with workers that are gone, the CPU is what is left."""
    loads = Meter(sysfs=tmp_path, procfs=tmp_path).look([1, 2])
    assert ("CPU", None) == (loads[0].name, loads[0].busy)
    assert not [load for load in loads if load.name.startswith(("GPU", "NPU"))]


def test_the_processors_share_needs_two_looks(tmp_path: Path) -> None:
    """At the first one there is nothing to compare with; from then on it is a share."""
    meter = Meter(sysfs=tmp_path, procfs=tmp_path)
    first, second = (named(meter.look(), "CPU").busy for _ in range(2))
    assert first is None
    assert second is not None
    assert 0.0 <= second <= 1.0


@pytest.mark.parametrize("text", ["", "none\n", "\xff"])
def test_a_counter_that_is_no_number_is_no_npu(tmp_path: Path, text: str) -> None:
    """A driver that writes something else is passed over."""
    written(tmp_path / "class/accel/accel0/device/npu_busy_time_us", text)
    assert not [load for load in Meter(sysfs=tmp_path, procfs=tmp_path).look() if load.name == "NPU"]


def test_the_drivers_table_is_read() -> None:
    """Per cent and MiB become shares and bytes; what a card does not tell stays unknown; other lines are no GPUs."""
    table = "NVIDIA A, 37, 1024, 8192\nNVIDIA B, [N/A], 2, [N/A]\n\nNo devices were found\n"
    first, second = read_nvidia(table)
    assert DeviceLoad(name="NVIDIA A", busy=0.37, memory_used=2**30, memory_total=2**33) == first
    assert DeviceLoad(name="NVIDIA B", busy=None, memory_used=2**21, memory_total=None) == second


def test_a_driver_that_hangs_is_asked_once(tmp_path: Path) -> None:
    """The tool that waited in vain is not started again; one that answers is, at every look."""
    started = tmp_path / "started"
    tool = tmp_path / "tool"

    def tool_that(does: str) -> str:
        tool.write_text(f"#!/bin/sh\necho >> {started}\n{does}\n")
        tool.chmod(0o755)
        started.write_text("")
        return str(tool)

    hung = Nvidia(tool_that("exec sleep 600"), answer_s=1.0)
    assert ([], []) == (hung.look(), hung.look())
    assert 1 == len(started.read_text())

    good = Nvidia(tool_that("echo NVIDIA A, 37, 1024, 8192"), answer_s=60.0)
    assert [0.37] == [load.busy for load in good.look()]
    assert 1 == len(good.look())
    assert 2 == len(started.read_text())
