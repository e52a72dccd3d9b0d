"""What Intel's NPU Acceleration Library runs a model on; runs in the environment of the engine `npu_library`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from phi_providers.devices.intel import USE_CPU, absence
from phi_providers.devices.packages import first_line, versions
from phi_providers.devices.report import Device, EngineReport

ENGINE = "npu_library"
ENVIRONMENT = "run `phi-ls doctor --fix npu_library`, which checks its environment"
NOTE = "Intel no longer maintains this library; the engine openvino runs models on an NPU, too."


def examine(_options: Mapping[str, str]) -> Iterator[EngineReport]:
    """Yield what is known so far, each time before something that may break. Runs in the child."""
    found = versions("intel-npu-acceleration-library", "openvino", "torch", "transformers")
    report = EngineReport(ENGINE, "", (Device("CPU", ENGINE, False),), found, NOTE)
    yield report
    try:
        from phi_providers.engines import npu_library_model as library

        version = str(library.import_library().__version__).lstrip("v")
        present = library.has_npu()
    except (ImportError, OSError, RuntimeError) as exc:
        reason = f"the library cannot be loaded: {first_line(exc)}"
        yield replace(report, devices=(Device("CPU", ENGINE, False, reason, ENVIRONMENT),))
        return
    yield replace(report, version=version, devices=tuple(_devices(present=present)))


def _devices(*, present: bool) -> Iterator[Device]:
    if present:
        yield Device("NPU", ENGINE, True, "Intel NPU")
        yield Device("CPU", ENGINE, False, "this library computes on the NPU where there is one", "")
        return
    yield Device("CPU", ENGINE, True, "in the NPU's place, for trying it out")
    why, remedy = absence("NPU")
    yield Device("NPU", ENGINE, False, why, "" if remedy == USE_CPU else remedy)
