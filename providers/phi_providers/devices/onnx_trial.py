"""Loads ONNX Runtime, lets a device compute one operation, and loads plug-ins: what only doing it can tell."""

from __future__ import annotations

import importlib
import importlib.util

from phi_providers.devices.packages import first_line

PROVIDERS = {"CPU": "CPUExecutionProvider", "CUDA": "CUDAExecutionProvider", "DML": "DmlExecutionProvider"}
"""Kind of device → its name in the runtime, of those that are compiled in."""

ONE_OPERATION = (
    b"\x08\x08:5\n\x0c\n\x01x\x12\x01y\x22\x04Relu\x12\x03oneZ\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01"
    b"b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\r"
)
"""A model that is y = Relu(x) for one number (IR 8, opset 13)."""


def load() -> None:
    """Load the library; raises ImportError, OSError or RuntimeError."""
    from phi_providers.engines.onnx_import import onnxruntime_genai

    onnxruntime_genai()


def refusal(kind: str) -> str:
    """Return why a device that is compiled in cannot compute; empty when it can, or when there is no way to ask."""
    if importlib.util.find_spec("onnxruntime") is None:  # Windows ML brings the runtime in another form
        return ""
    runtime = importlib.import_module("onnxruntime")
    errors: tuple[type[Exception], ...] = (RuntimeError, ValueError, *_errors())
    try:
        session = runtime.InferenceSession(ONE_OPERATION, providers=[PROVIDERS[kind]])
        given = runtime.OrtValue.ortvalue_from_shape_and_type([1], 1)
        session.run_with_ort_values(None, {"x": given})
    except errors as exc:
        return f"it fails: {first_line(exc)}"
    # Where a library of a device is missing, the runtime warns and takes the CPU.
    return "" if PROVIDERS[kind] in session.get_providers() else "its libraries cannot be loaded"


def _errors() -> tuple[type[Exception], ...]:
    """Return the runtime's own errors, which share no base."""
    module = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    return tuple(found for found in vars(module).values() if isinstance(found, type) and issubclass(found, Exception))


def devices_of(plug_in: tuple[str, str]) -> list[str] | None:
    """Load a plug-in and return its devices by kind and vendor; None when there is no way to ask for them.

    Raises OSError, RuntimeError or ValueError.
    """
    from phi_providers.engines import onnx_plug_ins
    from phi_providers.engines.onnx_import import onnxruntime_genai

    onnx_plug_ins.register(onnxruntime_genai(), plug_in)
    if importlib.util.find_spec("onnxruntime") is None:
        return None
    runtime = importlib.import_module("onnxruntime")
    name, path = plug_in
    try:
        # Not the library of above: this one has a copy of the runtime for itself.
        runtime.register_execution_provider_library(name, path)
    except _errors() as exc:
        raise RuntimeError(first_line(exc)) from exc
    found = [device.device for device in runtime.get_ep_devices() if device.ep_name == name]
    return [f"{device.type.name} of {device.vendor}" for device in found]
