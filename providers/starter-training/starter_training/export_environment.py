"""Are the installed packages those that the released files were made with?"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from starter_training.places import RECIPE
from starter_training.release_error import ReleaseError

REQUIREMENTS = RECIPE / "requirements-export.txt"

DECISIVE = ("nncf", "openvino", "optimum", "optimum-intel", "torch", "transformers")
"""Their versions stand in the exported files, and decide how the graph looks."""

_PIN = re.compile(r"(?m)^([A-Za-z0-9_.-]+)==([^\s;#]+)")


def require_pinned_versions(
    requirements: Path = REQUIREMENTS, installed: Callable[[str], str] = version
) -> dict[str, str]:
    """Return the pins of the packages that decide the bytes; raises ReleaseError naming what is installed instead."""
    pins = {name: pin for name, pin in _PIN.findall(requirements.read_text("utf-8")) if name in DECISIVE}
    wrong = [
        f"{name} {_found(name, installed)} instead of {pin}"
        for name, pin in pins.items()
        if _found(name, installed) != pin
    ]
    if wrong or len(pins) < len(DECISIVE):
        raise ReleaseError(f"{', '.join(wrong) or 'a pin is missing'}; install {requirements.name} as its head says")
    return pins


def _found(name: str, installed: Callable[[str], str]) -> str:
    try:
        # "+cpu" and the like name the build, not the version.
        return installed(name).partition("+")[0]
    except PackageNotFoundError:
        return "(nothing)"
