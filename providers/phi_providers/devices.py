"""What this machine can run a model on, and why something is unusable, for `doctor` and the pool.

An engine is asked for its devices in a child process (`python -m phi_providers.devices`): importing one loads drivers,
and a broken driver takes the process with it.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROBE_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Device:
    """One device as one engine sees it."""

    name: str
    engine: str
    usable: bool
    reason: str = ""
    """Why it is not usable, or what it is, in a plain sentence."""
    remedy: str = ""
    """What the user can do about it."""


@dataclass(frozen=True)
class EngineReport:
    """One engine and its devices."""

    engine: str
    version: str
    devices: tuple[Device, ...]


def probe(timeout_s: float = PROBE_TIMEOUT_S, command: Sequence[str] = ()) -> list[EngineReport]:
    """Return what each engine found; survives a child that crashes or hangs. Blocks for a second or so.

    `command` replaces the child, for people who want to see how its death is reported.
    """
    child = list(command) or [sys.executable, "-m", "phi_providers.devices"]
    environment = {key: value for key, value in os.environ.items() if key != "OPENVINO_LOG_LEVEL"}
    try:
        done = subprocess.run(
            child,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            env=environment,
            # `-m` looks in the working directory first; the editor's workspace must not be that directory.
            cwd=Path(__file__).parent.parent,
        )
        return _parse(done.stdout)
    except subprocess.TimeoutExpired:
        why = f"OpenVINO did not answer within {timeout_s:g} seconds"
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        why = "OpenVINO ended its process while looking for devices"
    device = Device(
        "CPU", "openvino", False, why, "update the graphics and NPU drivers, then run `phi-ls doctor` again"
    )
    return [EngineReport("openvino", _version("openvino-genai"), (device,))]


def preferred(reports: Sequence[EngineReport]) -> list[str]:
    """Return the names of the usable devices, the fastest kind first: GPU, then CPU."""
    names = {device.name for report in reports for device in report.devices if device.usable}
    return sorted(names, key=lambda name: (not name.startswith("GPU"), name))


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
        return "OpenVINO has no GPU support on macOS", "use CPU"
    library = "OpenCL.dll" if sys.platform == "win32" else "libOpenCL.so.1"
    try:
        ctypes.CDLL(library)
    except OSError:
        return f"there is no OpenCL runtime ({library} is missing)", "install Intel's graphics compute runtime"
    locked = [node for node in Path("/dev/dri").glob("renderD*") if not os.access(node, os.R_OK | os.W_OK)]
    if locked:
        return f"you have no access to {locked[0]}", "add yourself to the group `render` and log in again"
    return "OpenCL is there, but found no Intel GPU", "install or update Intel's graphics driver if there is one"


def _npu_absence() -> tuple[str, str]:
    if sys.platform == "darwin":
        return "OpenVINO has no NPU support on macOS", "use CPU"
    if sys.platform == "win32":
        return (
            "OpenVINO found no Intel NPU",
            "if the processor has one (Core Ultra), install or update Intel's NPU driver",
        )
    nodes = list(Path("/dev/accel").glob("accel*"))
    if not nodes:
        return "there is no NPU (/dev/accel is empty)", "it takes an Intel Core Ultra and Linux 6.8 or newer"
    locked = [node for node in nodes if not os.access(node, os.R_OK | os.W_OK)]
    if locked:
        return f"you have no access to {locked[0]}", "add yourself to the group `render` and log in again"
    return (
        "the NPU is there, but not its driver's library",
        "install Intel's packages for the NPU: level zero and compiler",
    )


def _parse(output: bytes) -> list[EngineReport]:
    """Read the last line; drivers may have printed above it."""
    data = json.loads(output.decode("utf-8", "replace").strip().splitlines()[-1])
    return [
        EngineReport(item["engine"], item["version"], tuple(Device(**device) for device in item["devices"]))
        for item in data
    ]


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _openvino() -> EngineReport:
    """Runs in the child."""
    try:
        from phi_providers.engines.openvino_import import openvino

        core = openvino().Core()
        found = {name: str(core.get_property(name, "FULL_DEVICE_NAME")) for name in core.available_devices}
    except (ImportError, RuntimeError) as exc:
        reason = next(iter(str(exc).splitlines()), type(exc).__name__)
        broken = Device("CPU", "openvino", False, f"OpenVINO cannot be loaded: {reason}", "install phi-ls again")
        return EngineReport("openvino", _version("openvino-genai"), (broken,))
    devices = [Device(name, "openvino", True, full) for name, full in found.items()]
    missing = [kind for kind in ("GPU", "NPU") if not any(name.startswith(kind) for name in found)]
    devices += [Device(kind, "openvino", False, *absence(kind)) for kind in missing]
    return EngineReport("openvino", _version("openvino-genai"), tuple(devices))


def main() -> None:
    """Print the reports as one line of JSON on what was stdout; drivers that print get stderr."""
    out = os.dup(1)
    os.dup2(2, 1)
    os.write(out, json.dumps([asdict(_openvino())]).encode() + b"\n")


if __name__ == "__main__":
    main()
