"""Why OpenVINO does not find a GPU or an NPU here, by what this machine has."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from phi_providers.devices.hardware import GPU, NPU, has

USE_CPU = "use CPU"
"""There is nothing to mend."""

GROUP = "add yourself to the group `render` and log in again"


def absence(device: str) -> tuple[str, str]:
    """Return why a device is not among those that OpenVINO found, and what to do; looks at this machine only."""
    kind = device.split(".", maxsplit=1)[0].upper()
    if kind == "GPU":
        return _gpu_absence()
    if kind == "NPU":
        return _npu_absence()
    return f"OpenVINO knows no device {device!r} here", "use auto, GPU or CPU; `phi-ls doctor` lists what there is"


def _gpu_absence() -> tuple[str, str]:
    if sys.platform == "darwin":
        return "OpenVINO has no GPU support on macOS", USE_CPU
    if has(GPU, "Intel") is False:
        return "there is no Intel GPU", USE_CPU
    library = "OpenCL.dll" if sys.platform == "win32" else "libOpenCL.so.1"
    try:
        ctypes.CDLL(library)
    except OSError:
        return (
            f"there is no OpenCL runtime ({library} is missing)",
            "if there is an Intel GPU, install Intel's graphics compute runtime",
        )
    locked = [node for node in Path("/dev/dri").glob("renderD*") if not os.access(node, os.R_OK | os.W_OK)]
    if locked:
        return f"you have no access to {locked[0]}", GROUP
    return "OpenCL is there, but found no Intel GPU", "install or update Intel's graphics driver if there is one"


def _npu_absence() -> tuple[str, str]:
    if sys.platform == "darwin":
        return "OpenVINO has no NPU support on macOS", USE_CPU
    if sys.platform == "win32":
        return (
            "OpenVINO found no Intel NPU",
            "if the processor has one (Core Ultra), install or update Intel's NPU driver",
        )
    nodes = list(Path("/dev/accel").glob("accel*"))
    if not nodes and has(NPU, "Intel") is False:
        return "there is no Intel NPU", USE_CPU
    if not nodes:
        return "there is no NPU (/dev/accel is empty)", "it takes an Intel Core Ultra and Linux 6.8 or newer"
    locked = [node for node in nodes if not os.access(node, os.R_OK | os.W_OK)]
    if locked:
        return f"you have no access to {locked[0]}", GROUP
    return (
        "the NPU is there, but not its driver's library",
        "install Intel's packages for the NPU: level zero and compiler",
    )
