"""Execution providers that come as packages of their own, and those that Windows ML keeps for the whole machine."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

PACKAGES = {"OPENVINO": "onnxruntime_ep_openvino", "WEBGPU": "onnxruntime_ep_webgpu"}
"""Kind of device → package that says where its library is."""

WINDOWS_ML = {
    "NvTensorRTRTXExecutionProvider": "NVTENSORRTRTX",
    "OpenVINOExecutionProvider": "OPENVINO",
    "QNNExecutionProvider": "QNN",
    "VitisAIExecutionProvider": "VITISAI",
}
"""Name in Windows ML's catalogue → kind of device."""


def available() -> dict[str, tuple[str, str]]:
    """Return kind of device → the name to register and the library, of everything that is installed here."""
    return {kind: (name, path) for kind, name, path in (*_packages(), *_windows_ml())}


def register(library: Any, found: tuple[str, str]) -> None:
    """Load a plug-in into the runtime; raises RuntimeError."""
    library.register_execution_provider_library(*found)


def _packages() -> Iterator[tuple[str, str, str]]:
    for kind, package in PACKAGES.items():
        if importlib.util.find_spec(package) is not None:
            module = importlib.import_module(package)
            yield kind, module.get_ep_name(), module.get_library_path()


def _windows_ml() -> Iterator[tuple[str, str, str]]:
    """What is on this machine already. Making one ready that is not present would download it, so it is left out."""
    if sys.platform != "win32" or importlib.util.find_spec("windowsml") is None:
        return
    windows_ml = importlib.import_module("windowsml")
    with windows_ml.EpCatalog() as catalogue:
        for provider in catalogue.find_all_providers():
            kind = WINDOWS_ML.get(provider.name)
            if kind and provider.ready_state != windows_ml.EpReadyState.NotPresent:
                provider.ensure_ready()
                yield kind, provider.name, str(provider.library_path)
