"""The only way to import OpenVINO here: with its telemetry off."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any


def openvino() -> Any:
    """Return the module `openvino`."""
    _silence()
    return importlib.import_module("openvino")


def openvino_genai() -> Any:
    """Return the module `openvino_genai`."""
    _silence()
    return importlib.import_module("openvino_genai")


def _silence() -> None:
    # OpenVINO reports its own import to an analytics service unless this module cannot be imported.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how a module is forbidden
    # From level 2 on it prints on stdout.
    os.environ.pop("OPENVINO_LOG_LEVEL", None)
