"""Options as they are sent: their names on the wire, what each may be, and who may set it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from phi_ls.messages.text import Text, say

MAX_TEXT = 4_096
"""Characters of a path, an address or a pattern."""

MAX_ENTRIES = 1_000
"""Entries of a list or a table."""


class BadValue(ValueError):
    """A value that an option cannot take; the message says what it must be."""


class Clamped(Exception):
    """A number out of range; carries the nearest one that is in range."""

    def __init__(self, value: float, problem: str) -> None:
        super().__init__(problem)
        self.value = value


Check = Callable[[Any], Any]
"""Returns the value as the settings hold it; raises BadValue or Clamped."""


@dataclass(frozen=True)
class Option:
    """One option by its name on the wire."""

    attribute: str
    """Where the settings hold it, dotted."""
    check: Check
    trusted_only: bool = False
    """It names a path or an address: taken from the user's own sources alone."""


def describe(value: object) -> str | Text:
    """Return a short, printable description of any JSON value, for messages."""
    if isinstance(value, Mapping):
        return say("an object")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return say("a list")
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if not isinstance(value, str) and not _is_short(value):
        return say("a huge number")
    text = f'"{value[:40]}"' if isinstance(value, str) else str(value)[:40]
    return "".join(char if char.isprintable() else "?" for char in text)


def _is_short(value: object) -> bool:
    return not isinstance(value, int) or value.bit_length() < 1_000  # longer integers may not be turned into text


def flag(value: Any) -> bool:
    """Check a truth value; neither numbers nor words count as one."""
    if isinstance(value, bool):
        return value
    raise BadValue(say("must be true or false, not {value}", value=describe(value)))


def one_of(*allowed: str) -> Check:
    """Make the check for a choice."""

    def check(value: Any) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise BadValue(say("must be one of {choices}, not {value}", choices=", ".join(allowed), value=describe(value)))

    return check


def number(low: float, high: float, kind: type[int] | type[float]) -> Check:
    """Make the check for a number from `low` to `high`; what lies outside is clamped."""

    def wrong(value: Any) -> Text:
        fields = {"low": low, "high": high, "value": describe(value)}
        if kind is int:
            return say("must be a whole number from {low} to {high}, not {value}", **fields)
        return say("must be a number from {low} to {high}, not {value}", **fields)

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_finite(value):
            raise BadValue(wrong(value))
        if kind is int and value != int(value):
            raise BadValue(wrong(value))
        if not low <= value <= high:
            raise Clamped(kind(min(max(value, low), high)), wrong(value))
        return kind(value)

    return check


def _is_finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def name(pattern: str, wanted: str) -> Check:
    """Make the check for a name that matches `pattern` wholly."""
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise BadValue(say("must be {wanted}, not {value}", wanted=wanted, value=describe(value)))

    return check


def path(value: Any) -> str:
    """Check an absolute path; `~` stands for the home folder."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or "\0" in value:
        raise BadValue(say("must be a path, not {value}", value=describe(value)))
    try:
        expanded = Path(value).expanduser()
    except RuntimeError as exc:
        raise BadValue(say("names a home folder that does not exist")) from exc
    if not expanded.is_absolute():
        raise BadValue(say("must be an absolute path"))
    return str(expanded)


def address(value: Any) -> str:
    """Check an http or https address without a password in it."""
    try:
        url = urlsplit(value if isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable() else "")
        valid = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise BadValue(say("must be an address like http://localhost:8000/v3"))
    if url.username or url.password:
        raise BadValue(say("must not hold a user name or a password"))
    return str(value)


def globs(value: Any) -> tuple[str, ...]:
    """Check a list of glob patterns."""
    if not isinstance(value, (list, tuple)) or len(value) > MAX_ENTRIES:
        raise BadValue(
            say("must be a list of at most {most} patterns, not {value}", most=MAX_ENTRIES, value=describe(value))
        )
    for item in value:
        if not isinstance(item, str) or not 0 < len(item) <= MAX_TEXT:
            raise BadValue(say("must hold patterns only, not {value}", value=describe(item)))
    return tuple(value)


def switches(value: Any) -> dict[str, bool]:
    """Check a table of language ids and truth values."""
    if not isinstance(value, Mapping) or len(value) > MAX_ENTRIES:
        raise BadValue(say("must be an object of language ids and true or false, not {value}", value=describe(value)))
    for key, item in value.items():
        if not isinstance(key, str) or not isinstance(item, bool):
            fields = {"value": describe(item), "key": describe(key)}
            raise BadValue(say("must hold true or false for each language, not {value} for {key}", **fields))
    return dict(value)


_ID = name(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", say("a name of letters, digits, dots, dashes and underscores"))
_DEVICE_NAME = name(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,63}", say("a device like NPU, GPU.0, CPU or cuda:0"))
_OPENVINO_DEVICE = re.compile(r"(?i)(cpu|gpu|npu)(\.\d+)?")
_LANGUAGE = name(
    r"auto|[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,4}", say('a language tag like "de" or "pt-BR", or "auto"')
)


def device(value: Any) -> str:
    """Check a device's name; OpenVINO knows its own in capitals only."""
    checked = str(_DEVICE_NAME(value))
    return checked.upper() if _OPENVINO_DEVICE.fullmatch(checked) else checked


OPTIONS: dict[str, Option] = {
    "enable": Option("enable", flag),
    "languages": Option("languages", switches),
    "model": Option("model", _ID),
    "engine": Option("engine", _ID),
    "device": Option("device", device),
    "modelPath": Option("model_path", path, trusted_only=True),
    "offerModel": Option("offer_model", flag),
    "openaiServer.url": Option("openai_server_url", address, trusted_only=True),
    "inlineCompletion.enable": Option("inline_completion.enable", flag),
    "inlineCompletion.automatic": Option("inline_completion.automatic", flag),
    "inlineCompletion.model": Option("inline_completion.model", one_of("auto", "chosen", "built-in")),
    "inlineCompletion.multiline": Option("inline_completion.multiline", one_of("auto", "always", "never")),
    "inlineCompletion.minConfidence": Option("inline_completion.min_confidence", number(0, 1, float)),
    "completion.enable": Option("completion_enable", one_of("fallback", "always", "never")),
    "hover.mode": Option("hover.mode", one_of("off", "onDemand", "automatic")),
    "hover.deadlineMs": Option("hover.deadline_ms", number(100, 60_000, int)),
    "language": Option("language", _LANGUAGE),
    "exclude": Option("exclude", globs),
    "cache.disk": Option("cache_disk", flag),
    "cache.maxMegabytes": Option("cache_max_megabytes", number(0, 1_000_000, int)),
    "idleUnloadMinutes": Option("idle_unload_minutes", number(0, 525_600, int)),
    "reduceOnBattery": Option("reduce_on_battery", flag),
}
"""Every option by its name on the wire."""
