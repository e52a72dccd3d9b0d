"""Which packages the ONNX Runtime engine needs, by kind of device; `python -m phi_providers.engines.onnx_pins` checks
that an installer still finds a way to install them, for Windows too and wherever it runs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Pins:
    """An environment for one kind of device. They share import names, so each needs an environment of its own."""

    kind: str
    requirements: tuple[str, ...]
    platforms: tuple[str, ...]
    """Wheel tags that it must be installable for."""
    least_python: str = "3.10"


EVERYWHERE = ("win_amd64", "manylinux_2_28_x86_64", "macosx_14_0_arm64")
ENVIRONMENTS = (
    Pins("CPU", ("onnxruntime-genai==0.18.0", "onnxruntime==1.31.1"), EVERYWHERE, "3.11"),
    Pins("CUDA", ("onnxruntime-genai-cuda==0.18.0", "onnxruntime-gpu==1.31.1"), EVERYWHERE[:2], "3.11"),
    # 0.13.2 and 0.14.x want an onnxruntime-directml from 1.25.1 on, which was never published.
    Pins("DML", ("onnxruntime-genai-directml==0.13.1", "onnxruntime-directml==1.24.4"), ("win_amd64",), "3.11"),
    Pins("WINDOWS_ML", ("onnxruntime-genai-winml==0.18.0", "windowsml==2.5.96"), ("win_amd64",), "3.11"),
)


def problem(pins: Pins, platform: str) -> str:
    """Return why these packages, with all that they depend on, cannot be installed; empty if they can.

    Asks the package index.
    """
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-input"]
    command += ["--only-binary=:all:", "--platform", platform, "--python-version", pins.least_python]
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            [*command, "--target", place, *pins.requirements], capture_output=True, text=True, check=False
        )
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return "" if done.returncode == 0 else (errors or [done.stderr.strip()[-300:]])[0]


def main() -> int:
    """Check every environment; the exit code is the number of those that cannot be installed."""
    failed = 0
    for pins in ENVIRONMENTS:
        for platform in pins.platforms:
            why = problem(pins, platform)
            failed += bool(why)
            print(f"{pins.kind} on {platform}: {why or 'installable'}", flush=True)  # noqa: T201
    return failed


if __name__ == "__main__":
    sys.exit(main())
