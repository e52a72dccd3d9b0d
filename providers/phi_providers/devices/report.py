"""What is asked about an engine, and what is found, as plain values and as the lines that a child process writes.

Imports the standard library alone: the child may run in the interpreter of an engine's own environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Device:
    """One device as one engine sees it."""

    name: str
    engine: str
    usable: bool
    reason: str = ""
    """Why it is not usable, or what it is, in a plain sentence. In a report that goes on, empty for the device that is
    being tried: if nothing more comes, that is the one that broke."""
    remedy: str = ""
    """What the user can do about it."""
    driver: str = ""
    """Version of its driver, where the system tells."""
    memory_bytes: int | None = None
    """All of its memory, for a CPU the machine's; None where the system does not tell."""


@dataclass(frozen=True)
class EngineReport:
    """One engine and its devices."""

    engine: str
    version: str
    devices: tuple[Device, ...]
    packages: dict[str, str] = field(default_factory=dict)
    """Distribution → version of what the engine consists of."""
    note: str = ""
    """What must be known before it is used."""


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """One engine that is to be asked for its devices."""

    engine: str
    python: str = ""
    """The interpreter of the engine's own environment; empty: ours."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What the engine must be told: `url` and `model` of `openai_server`."""
    command: tuple[str, ...] = ()
    """Replaces the child, for those who want to see what becomes of one that misbehaves."""


def to_line(report: EngineReport) -> bytes:
    """Return the report as one line."""
    return json.dumps(asdict(report)).encode() + b"\n"


def from_lines(output: bytes) -> EngineReport | None:
    """Return the last report in what a child wrote, which may have been preceded and followed by a driver's lines."""
    return next(filter(None, map(_from_line, reversed(output.splitlines()))), None)


def _from_line(line: bytes) -> EngineReport | None:
    try:
        data: dict[str, Any] = json.loads(line)
        return EngineReport(**{**data, "devices": tuple(Device(**device) for device in data["devices"])})
    except (ValueError, KeyError, TypeError):
        return None
