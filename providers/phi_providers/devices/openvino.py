"""What OpenVINO can run a model on: each device computes something small before it counts as usable."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from phi_providers.devices.intel import USE_CPU, absence
from phi_providers.devices.packages import first_line, versions
from phi_providers.devices.report import Device, EngineReport

ENGINE = "openvino"
ACCELERATORS = ("GPU", "NPU")
MEMORY = {"GPU": "GPU_DEVICE_TOTAL_MEM_SIZE", "NPU": "NPU_DEVICE_TOTAL_MEM_SIZE"}
DRIVER = {"NPU": "NPU_DRIVER_VERSION"}
"""Kind of device → OpenVINO's property; the driver of a GPU it does not tell."""

UPDATE = {"GPU": "update Intel's graphics driver", "NPU": "update Intel's NPU driver", "CPU": "install phi-ls again"}


def examine(_options: Mapping[str, str]) -> Iterator[EngineReport]:
    """Yield what is known so far, each time before something that may break. Runs in the child."""
    found = versions("openvino-genai", "openvino")
    report = EngineReport(ENGINE, found.get("openvino-genai", ""), (_tried("CPU"),), found)
    yield report
    try:
        from phi_providers.engines.openvino_import import openvino

        core = openvino().Core()
    except (ImportError, RuntimeError) as exc:
        reason = f"OpenVINO cannot be loaded: {first_line(exc)}"
        yield replace(report, devices=(Device("CPU", ENGINE, False, reason, "install phi-ls again"),))
        return
    # The CPU first and by itself: asking which devices there are wakes every driver.
    done = [_look(core, "CPU")]
    yield replace(report, devices=(*done, *map(_tried, ACCELERATORS)))
    names = [name for name in core.available_devices if name != "CPU"]
    missing = [_missing(kind) for kind in ACCELERATORS if not _any_of(kind, names)]
    for name in names:
        yield replace(report, devices=(*done, _tried(name), *missing))
        done.append(_look(core, name))
    yield replace(report, devices=(*done, *missing))


def _tried(name: str) -> Device:
    return Device(name, ENGINE, usable=False)


def _missing(kind: str) -> Device:
    why, remedy = absence(kind)
    return Device(kind, ENGINE, False, why, "" if remedy == USE_CPU else remedy)


def _any_of(kind: str, names: list[str]) -> bool:
    return any(name.startswith(kind) for name in names)


def _look(core: Any, name: str) -> Device:
    kind = name.partition(".")[0]
    title = str(_property(core, name, "FULL_DEVICE_NAME") or kind)
    driver = str(_property(core, name, DRIVER.get(kind, "")) or "")
    memory = _property(core, name, MEMORY.get(kind, ""))
    size = memory if isinstance(memory, int) and memory > 0 else None
    try:
        _compute(core, name)
    except RuntimeError as exc:
        reason = f"{title} is there, but fails: {first_line(exc)}"
        return Device(name, ENGINE, False, reason, UPDATE.get(kind, "update its driver"), driver, size)
    return Device(name, ENGINE, True, title, "", driver, size)


def _property(core: Any, device: str, name: str) -> object:
    try:
        return core.get_property(device, name) if name else None
    except RuntimeError:  # older drivers lack some
        return None


def _compute(core: Any, device: str) -> None:
    """Compile and run one operation; raises RuntimeError. A driver that is too old is listed, and fails here."""
    from phi_providers.engines.openvino_import import openvino

    module, operations = openvino(), importlib.import_module("openvino.opset13")
    given = operations.parameter([1, 16], module.Type.f32)
    model = module.Model([operations.relu(given)], [given], "one operation")
    request = core.compile_model(model, device).create_infer_request()
    request.infer({0: module.Tensor(module.Type.f32, module.Shape([1, 16]))})
