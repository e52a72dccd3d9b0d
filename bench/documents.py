"""Source code to type in: the standard library of the Python that runs the measurement."""

from __future__ import annotations

import argparse
import asyncio.base_events
import inspect
import tarfile
import typing

_MODULES = (argparse, asyncio.base_events, tarfile, typing, inspect)


def long_module() -> list[str]:
    """Return the lines of one large module, more than any context holds."""
    return inspect.getsource(asyncio.base_events).splitlines()


def of_length(lines: int) -> list[str]:
    """Return so many lines of Python, with a free line in the middle."""
    source: list[str] = []
    while len(source) < lines:
        for module in _MODULES:
            source += inspect.getsource(module).splitlines()
    source = source[:lines]
    source[lines // 2] = ""
    return source
