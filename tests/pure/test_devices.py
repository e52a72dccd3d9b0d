"""What `doctor` is told about devices, whatever happens to the child that looks for them."""

from __future__ import annotations

import sys

import pytest

from phi_providers.devices import Device, EngineReport, absence, preferred, probe


def test_the_gpu_goes_before_the_cpu_and_unusable_devices_do_not_count() -> None:
    """The order of devices is by kind; what cannot be used is left out."""
    devices = (Device("CPU", "openvino", True), Device("NPU", "openvino", False), Device("GPU.0", "openvino", True))
    assert ["GPU.0", "CPU"] == preferred([EngineReport("openvino", "1", devices)])


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", "ended its process"),
        ("import threading; threading.Event().wait()", "did not answer within"),
        ("print('no report')", "ended its process"),
        ("print('[1]')", "ended its process"),
    ],
)
def test_a_child_that_dies_hangs_or_talks_nonsense_is_reported(program: str, reason: str) -> None:
    """Nothing that a driver does to the child reaches the caller but one sentence."""
    timeout = 0.5 if "wait" in program else 20.0
    (report,) = probe(timeout, [sys.executable, "-c", program])
    assert [False] == [device.usable for device in report.devices]
    assert reason in report.devices[0].reason
    assert report.devices[0].remedy


def test_lines_that_a_driver_prints_do_not_hurt() -> None:
    """Only the last line is the report."""
    report = '[{"engine": "openvino", "version": "1", "devices": []}]'
    program = f"print('Cache is full'); print({report!r})"
    assert [EngineReport("openvino", "1", ())] == probe(20.0, [sys.executable, "-c", program])


@pytest.mark.parametrize("device", ["GPU", "GPU.1", "NPU", "CPU:9", "FOO"])
def test_every_absent_device_has_a_reason_and_a_remedy(device: str) -> None:
    """Whatever was asked for, the answer is a sentence and something to do."""
    reason, remedy = absence(device)
    assert reason
    assert remedy
