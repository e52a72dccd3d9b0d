"""What ONNX Runtime can run a model on, by what is installed and what then really loads."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from phi_providers.devices.hardware import NvidiaGpu, nvidia_absence, nvidia_gpus
from phi_providers.devices.onnx_trial import devices_of, load, refusal
from phi_providers.devices.packages import first_line, versions
from phi_providers.devices.report import Device, EngineReport
from phi_providers.errors import LoadFailed

ENGINE = "onnxruntime"
RUNTIMES = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "windowsml")
PLUG_INS = {
    "OPENVINO": ("onnxruntime-ep-openvino", "Intel's GPUs and NPUs"),
    "WEBGPU": ("onnxruntime-ep-webgpu", "any GPU"),
}
"""Kind of device → the package of its plug-in, and what it is for."""

CUDA_REMEDY = "install the CUDA and cuDNN that onnxruntime-gpu asks for, or update NVIDIA's driver"
LEAST_PYTHON = (3, 11)


def examine(_options: Mapping[str, str]) -> Iterator[EngineReport]:
    """Yield what is known so far, each time before something that may break. Runs in the child."""
    from phi_providers.engines import onnx_plug_ins, onnx_targets

    gpus = nvidia_gpus()
    try:
        distribution, version = onnx_targets.installed()
    except LoadFailed:
        yield EngineReport(ENGINE, "", tuple(_not_installed(gpus)))
        return
    found = versions(distribution, *RUNTIMES, *(package for package, _ in PLUG_INS.values()))
    report = EngineReport(ENGINE, version, (_tried("CPU"),), found)
    yield report
    try:
        load()
    except (ImportError, OSError, RuntimeError) as exc:
        reason = f"{distribution} cannot be loaded: {first_line(exc)}"
        yield replace(report, devices=(Device("CPU", ENGINE, False, reason, f"install {distribution} again"),))
        return
    done: list[Device] = []
    for kind in ("CPU", *onnx_targets.DISTRIBUTIONS[distribution]):
        yield replace(report, devices=(*done, _tried(kind)))
        done.append(_compiled_in(kind, gpus))
    yield replace(report, devices=(*done, *map(_tried, PLUG_INS)))
    for kind, plug_in in onnx_plug_ins.available().items():
        yield replace(report, devices=(*done, _tried(kind)))
        done.append(_plugged_in(kind, plug_in))
    missing = [kind for kind in _kinds() if kind not in {device.name for device in done}]
    done += [Device(kind, ENGINE, False, *_absence(kind, distribution, gpus)) for kind in missing]
    yield replace(report, devices=tuple(done))


def _tried(kind: str) -> Device:
    return Device(kind, ENGINE, usable=False)


def _compiled_in(kind: str, gpus: list[NvidiaGpu]) -> Device:
    """Try a device that the distribution was built for: it says that it has CUDA where there is no GPU, too."""
    why, remedy = nvidia_absence(gpus) if kind == "CUDA" else ("", "")
    if why:
        return Device(kind, ENGINE, False, why, remedy)
    gpu = gpus[0] if kind == "CUDA" else NvidiaGpu("", "", None)
    if problem := refusal(kind):
        remedy = CUDA_REMEDY if kind == "CUDA" else "update its driver"
        return Device(kind, ENGINE, False, problem, remedy, gpu.driver, gpu.memory_bytes)
    return Device(kind, ENGINE, True, gpu.name, "", gpu.driver, gpu.memory_bytes)


def _plugged_in(kind: str, plug_in: tuple[str, str]) -> Device:
    try:
        found = devices_of(plug_in)
    except (OSError, RuntimeError, ValueError) as exc:
        remedy = "update its driver, or install its plug-in again"
        return Device(kind, ENGINE, False, f"its plug-in cannot be loaded: {first_line(exc)}", remedy)
    if found is None:
        return Device(kind, ENGINE, True, "its plug-in loads; only a model shows whether there is such a device")
    if not found:
        return Device(kind, ENGINE, False, "its plug-in is installed, but found no device that it can use")
    return Device(kind, ENGINE, True, ", ".join(found))


def _kinds() -> list[str]:
    """Return what is worth telling of on this system although it is not there."""
    windows = ["DML", "NVTENSORRTRTX", "QNN", "VITISAI"] if sys.platform == "win32" else []
    return ["CPU", "CUDA", *windows[:1], *PLUG_INS, *windows[1:]]


def _absence(kind: str, distribution: str, gpus: list[NvidiaGpu]) -> tuple[str, str]:
    from phi_providers.engines.onnx_targets import REMEDY

    if kind == "CUDA" and (absent := nvidia_absence(gpus))[0]:
        return absent
    if kind in REMEDY:
        return f"{distribution} has no support for {kind}", REMEDY[kind]
    if kind in PLUG_INS:
        package, use = PLUG_INS[kind]
        return "its plug-in is not installed", f"install {package} ({use})"
    return "its plug-in is not installed", "on Windows 11, install the package windowsml"


def _not_installed(gpus: list[NvidiaGpu]) -> Iterator[Device]:
    why, remedy = "not installed", f"install the package {_distribution(gpus)} beside phi-ls"
    if sys.version_info < LEAST_PYTHON:
        why = f"not for Python {sys.version_info[0]}.{sys.version_info[1]}"
        remedy = "install phi-ls with Python 3.11 or newer"
    for kind in _kinds():
        yield Device(kind, ENGINE, False, why, remedy)


def _distribution(gpus: list[NvidiaGpu]) -> str:
    """Return the one that suits the graphics card: they exclude each other."""
    if gpus:
        return "onnxruntime-genai-cuda"
    return "onnxruntime-genai-directml" if sys.platform == "win32" else "onnxruntime-genai"
