"""What `doctor` is told about devices, whatever happens to the children that look for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from phi_providers.devices import EngineReport, Inquiry, absence, probe
from phi_providers.devices.hardware import GPU, NPU, NvidiaGpu, has, nvidia_absence, read_nvidia_gpus

PATIENCE_S = 60.0
FOR_EVER = "import threading; threading.Event().wait()"
GOOD = {"engine": "good", "version": "1", "devices": []}
PAIR = f"print(json.dumps({GOOD!r} | dict(zip(('version', 'note'), values))))"


def child(program: str, engine: str = "openvino") -> Inquiry:
    """Return an inquiry whose child runs a program instead."""
    return Inquiry(engine=engine, command=(sys.executable, "-c", program))


def printed(report: dict[str, object]) -> str:
    """Return the program text that writes a report, as a child does."""
    return f"print({json.dumps(report)!r}, flush=True)"


def report_of(program: str, timeout_s: float = PATIENCE_S) -> EngineReport:
    (report,) = probe([child(program)], timeout_s)
    return report


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", "crashed in native code (signal 6)"),
        ("raise SystemExit('libze_loader.so.1 is missing')", "ended with exit code 1: libze_loader.so.1 is missing"),
        ("print('no report')", "ended without an answer"),
        ("print('[1]')", "ended without an answer"),
        ("import sys; sys.stdout.write('x' * 9_000_000)", "ended without an answer"),
        (FOR_EVER, "did not answer within 2 seconds"),
    ],
)
def test_a_child_that_dies_hangs_or_talks_nonsense_is_reported(program: str, reason: str) -> None:
    """Nothing that a driver does to the child reaches the caller but one sentence and a remedy; the others answer."""
    good = child(printed(GOOD), engine="good")
    report, other = probe([child(program), good], 2.0 if program == FOR_EVER else PATIENCE_S)
    (device,) = report.devices
    assert ("CPU", "openvino", False) == (device.name, device.engine, device.usable)
    assert device.reason.endswith(reason)
    assert device.remedy
    assert other.devices == () or program == FOR_EVER


def test_an_interpreter_that_is_gone(tmp_path: Path) -> None:
    """An environment that was removed by hand is no crash of doctor's."""
    (report,) = probe([Inquiry(engine="transformers", python=str(tmp_path / "python"))])
    assert ["cpu"] == [device.name for device in report.devices]
    assert "could not be started" in report.devices[0].reason
    assert "doctor --fix transformers" in report.devices[0].remedy


@pytest.mark.parametrize("end", ["os.abort()", FOR_EVER])
def test_what_was_found_before_a_driver_broke_counts(end: str) -> None:
    """The device that was being tried is blamed; what had been tried before it stays usable."""
    devices = [
        {"name": "CPU", "engine": "openvino", "usable": True, "reason": "a processor"},
        {"name": "GPU", "engine": "openvino", "usable": False},
        {"name": "NPU", "engine": "openvino", "usable": False, "reason": "there is none"},
    ]
    earlier = printed({**GOOD, "devices": []})
    report = report_of(f"import os; {earlier}; {printed({**GOOD, 'devices': devices})}; {end}", 5.0)
    cpu, gpu, npu = report.devices
    assert (True, "a processor") == (cpu.usable, cpu.reason)
    assert "the process that tried it" in gpu.reason
    assert gpu.remedy
    assert ("there is none", "") == (npu.reason, npu.remedy)


def test_lines_that_a_driver_prints_do_not_hurt() -> None:
    """The last line that is a report is taken, whatever stands around it."""
    program = f"print('Cache is full'); {printed({**GOOD, 'version': '0'})}; {printed(GOOD)}; print('bye')"
    assert EngineReport("good", "1", ()) == report_of(program)


def test_endless_noise_does_not_hide_the_report() -> None:
    """Of what a child writes only the end is kept, on both streams; a full pipe does not stop it."""
    noise = "import sys; [stream.write('noise\\n' * 500_000) for stream in (sys.stderr, sys.stdout)]"
    assert EngineReport("good", "1", ()) == report_of(f"{noise}; {printed(GOOD)}")


def test_children_work_at_the_same_time(tmp_path: Path) -> None:
    """Two that wait for each other both answer."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = f"open({str(fifo)!r}).read(); {printed(GOOD)}"
    writer = f"open({str(fifo)!r}, 'w').close(); {printed(GOOD)}"
    assert ["1", "1"] == [report.version for report in probe([child(reader), child(writer)], PATIENCE_S)]


def test_a_child_that_hangs_is_ended() -> None:
    """No process is left behind, and what it had found is told."""
    program = f"import os, json; print(json.dumps({GOOD!r} | dict(version=str(os.getpid()))), flush=True); {FOR_EVER}"
    report = report_of(program, 5.0)
    assert not psutil.pid_exists(int(report.version))


def test_a_child_learns_what_it_must_know_and_when_nobody_waits_any_more() -> None:
    """The options come as one line of stdin, which stays open as long as the answer is awaited."""
    program = (
        "import json, select, sys; options = json.loads(sys.stdin.buffer.readline())\n"
        f"values = (options['url'], str(select.select([sys.stdin], [], [], 1.0)[0])); {PAIR}"
    )
    inquiry = Inquiry(engine="good", command=(sys.executable, "-c", program), options={"url": "somewhere"})
    (report,) = probe([inquiry], PATIENCE_S)
    assert ("somewhere", "[]") == (report.version, report.note)


def test_the_end_of_its_stdin_ends_a_child() -> None:
    """One that is still trying a device when nobody waits any more is gone, on systems without another way, too."""
    program = (
        "import sys, threading, types, phi_providers.devices.__main__ as child\n"
        "def examine(options):\n    print('trying', file=sys.stderr, flush=True)\n    threading.Event().wait()\n"
        "sys.modules['phi_providers.devices.tried'] = types.SimpleNamespace(examine=examine)\n"
        "child.main()"
    )
    command = [sys.executable, "-c", program, "tried", str(os.getpid())]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            process.stdin.write(b"{}\n")
            process.stdin.flush()
            assert b"trying\n" == process.stderr.readline()
            process.stdin.close()
            assert 1 == process.wait(PATIENCE_S / 4)
        finally:
            process.kill()


def test_a_child_has_a_home_of_its_own_that_goes_with_it() -> None:
    """What engines drop into their home does not stay, and nothing of ours is passed that they don't need."""
    assert os.environ["PYTEST_CURRENT_TEST"]
    program = (
        f"import os, json; values = [os.environ.get(name, '') for name in ('HOME', 'PYTEST_CURRENT_TEST')]; {PAIR}"
    )
    home = report_of(program)
    assert str(Path.home()) != home.version
    assert not Path(home.version).exists()
    assert "" == home.note


def test_whoever_waits_hears_for_whom() -> None:
    """The engines that have not answered are told at first and after each answer."""
    told: list[list[str]] = []
    probe([child(printed(GOOD), engine="a")], waiting_for=lambda engines: told.append(list(engines)))
    assert [["a"], []] == told


def test_a_cpu_has_the_machines_memory() -> None:
    """Engines need not tell it."""
    cpu = {"name": "cpu", "engine": "transformers", "usable": True}
    (device,) = report_of(printed({**GOOD, "devices": [cpu]})).devices
    assert psutil.virtual_memory().total == device.memory_bytes


@pytest.mark.parametrize("device", ["GPU", "GPU.1", "NPU", "CPU:9", "FOO"])
def test_every_absent_device_has_a_reason_and_a_remedy(device: str) -> None:
    """Whatever was asked for, the answer is a sentence and something to do."""
    reason, remedy = absence(device)
    assert reason
    assert remedy


def on_the_bus(bus: Path, number: str, vendor: str, kind: str) -> None:
    (bus / number).mkdir(parents=True)
    (bus / number / "vendor").write_text(f"{vendor}\n")
    (bus / number / "class").write_text(f"{kind}\n")


def test_what_is_on_the_bus_is_known_without_a_driver(tmp_path: Path) -> None:
    """By vendor and class; a network card is no GPU, and an empty or missing bus tells nothing."""
    bus = tmp_path / "devices"
    assert has(GPU, "Intel", bus) is None
    bus.mkdir()
    assert has(GPU, "Intel", bus) is None
    on_the_bus(bus, "0000:00:1f.6", "0x8086", "0x020000")
    assert has(GPU, "Intel", bus) is False
    on_the_bus(bus, "0000:00:02.0", "0x8086", "0x030000")
    on_the_bus(bus, "0000:00:0b.0", "0x8086", "0x120000")
    assert (True, True, False) == (has(GPU, "Intel", bus), has(NPU, "Intel", bus), has(GPU, "NVIDIA", bus))


def test_nvidias_table_is_read() -> None:
    """MiB become bytes; what a card does not tell stays unknown; other lines are no GPUs."""
    table = "NVIDIA H200, 570.86.10, 143771\nNVIDIA B, 1, [N/A]\n\nNo devices were found\n"
    found = read_nvidia_gpus(table)
    assert [NvidiaGpu("NVIDIA H200", "570.86.10", 143771 * 2**20), NvidiaGpu("NVIDIA B", "1", None)] == found
    assert ("", "") == nvidia_absence(found)
    assert nvidia_absence([])[0]
