"""Versions of installed packages, and what an error of a library says in one line."""

from __future__ import annotations

import contextlib
import importlib.metadata

LONGEST_LINE = 160


def versions(*distributions: str) -> dict[str, str]:
    """Return distribution → version, without those that are not installed."""
    found = {}
    for name in distributions:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def first_line(exc: BaseException) -> str:
    """Return the first line of an error that says something."""
    lines = (line.strip() for line in str(exc).splitlines())
    return next((line[:LONGEST_LINE] for line in lines if line), type(exc).__name__)
