"""The only way to import ONNX Runtime GenAI here: with its telemetry off."""

from __future__ import annotations

import importlib
import os
from typing import Any


def onnxruntime_genai() -> Any:
    """Return the module `onnxruntime_genai`."""
    # Read by the native library when it is loaded; after that it is too late.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    module = importlib.import_module("onnxruntime_genai")
    if hasattr(module, "disable_telemetry_events"):  # from 0.16 on; the DirectML builds are older
        module.disable_telemetry_events()
    return module
