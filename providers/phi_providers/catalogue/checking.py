"""Takes values out of JSON, each with a check, so that what is wrong can be named by its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 1000
"""Characters of a text, and entries of a list."""

_REQUIRED: Any = object()


class Wrong(ValueError):
    """A value that cannot be; the message names its place."""


class Checker:
    """One object of the file, or one value, and where in the file it is."""

    def __init__(self, data: object, place: str) -> None:
        self._data = data
        self._place = place

    def wrong(self, key: str, problem: str) -> Wrong:
        """Make the exception for one value of this object."""
        place = ".".join(part for part in (self._place, key) if part)
        return Wrong(f"{place}: {problem}" if place else problem)

    def child(self, key: str, data: object) -> Checker:
        """Return the checker of a value below this one."""
        return Checker(data, ".".join(part for part in (self._place, key) if part))

    def only(self, *keys: str) -> None:
        """Raise Wrong unless this is an object with no other keys than these."""
        if not isinstance(self._data, Mapping):
            raise self.wrong("", "must be an object")
        unknown = [str(key) for key in self._data if key not in keys]
        if unknown:
            raise self.wrong("", f"there is no '{unknown[0][:80]}' here; known are {', '.join(keys)}")

    def value(self, key: str, default: Any = None) -> Any:
        """Return a value as it is."""
        return self._data.get(key, default) if isinstance(self._data, Mapping) else default

    def among(self, allowed: Sequence[str]) -> object:
        """Return this value if it is one of these."""
        if self._data not in allowed:
            raise self.wrong("", f"must be one of {', '.join(filter(None, allowed))}")
        return self._data

    def text(self, key: str, default: str = _REQUIRED) -> str:
        """Return a printable text."""
        found = self.value(key, default)
        if not isinstance(found, str) or len(found) > LONGEST or not found.isprintable():
            raise self.wrong(key, "must be a text")
        if default is _REQUIRED and not found:
            raise self.wrong(key, "must not be empty")
        return found

    def matching(self, key: str, pattern: re.Pattern[str], default: str = _REQUIRED) -> str:
        """Return a text that matches wholly, or else the default where there is no value."""
        found = self.text(key, default)
        if found != default and not pattern.fullmatch(found):
            raise self.wrong(key, f"must match {pattern.pattern}, not {found[:80]!r}")
        return found

    def one_of(self, key: str, allowed: Sequence[str], default: str = _REQUIRED) -> str:
        """Return one of these texts."""
        return str(self.child(key, self.text(key, default)).among(allowed))

    def integer(self, key: str, least: int) -> int:
        """Return a whole number that is not below `least`."""
        found = self.value(key)
        if isinstance(found, bool) or not isinstance(found, int) or not least <= found < 1 << 50:
            raise self.wrong(key, f"must be a whole number from {least}")
        return found

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a truth value."""
        found = self.value(key, default)
        if not isinstance(found, bool):
            raise self.wrong(key, "must be true or false")
        return found

    def mapping(self, key: str) -> dict[str, Any]:
        """Return an object; empty where there is none."""
        found = self.value(key, {})
        if not isinstance(found, dict) or len(found) > LONGEST:
            raise self.wrong(key, "must be an object")
        return found

    def text_mapping(self, key: str) -> dict[str, str]:
        """Return an object of texts; empty where there is none."""
        found = self.child(key, self.mapping(key))
        return {str(name): found.text(name) for name in self.mapping(key)}

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty where there is none."""
        found = self.value(key, [])
        if not isinstance(found, list) or len(found) > LONGEST:
            raise self.wrong(key, "must be a list")
        numbered = {str(index): text for index, text in enumerate(found)}
        return tuple(self.child(key, numbered).text(index) for index in numbered)

    def objects(self, key: str, short: str = "") -> list[Checker]:
        """Return a list of objects; where `short` is given, a text stands for an object with that one key."""
        found = self.value(key)
        if not isinstance(found, list) or len(found) > LONGEST:
            raise self.wrong(key, "must be a list")
        whole = [{short: each} if short and isinstance(each, str) else each for each in found]
        return [self.child(f"{key}.{index}", each) for index, each in enumerate(whole)]
