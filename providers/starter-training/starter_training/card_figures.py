"""Figures out of the recipe's data files; one that is missing is an error, never a gap in the card."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from starter_training.release_error import ReleaseError


class Figures:
    """What one data file says."""

    def __init__(self, path: Path, made_by: str, parse: Callable[[str], Any] = json.loads) -> None:
        self._name = path.name
        self._made_by = made_by
        try:
            self._data = parse(path.read_text("utf-8"))
        except (OSError, ValueError) as exc:
            raise ReleaseError(f"{path} cannot be read ({exc}); run `{made_by}`") from exc

    def get(self, *keys: str | int) -> Any:
        """Return the value below these keys; raises ReleaseError if there is none, or if it is empty."""
        found = self.raw(*keys)
        if found is None or found in ("", [], {}):
            raise self.missing(*keys)
        return found

    def raw(self, *keys: str | int) -> Any:
        """Return the value below these keys, null included; raises ReleaseError if there is none."""
        try:
            return reduce(operator.getitem, keys, self._data)
        except (KeyError, IndexError, TypeError) as exc:
            raise self.missing(*keys) from exc

    def missing(self, *keys: str | int) -> ReleaseError:
        """Return the error that says where a figure should be."""
        where = ".".join(map(str, keys))
        return ReleaseError(f"{self._name} has no {where}; run `{self._made_by}` anew")


def lines(text: str) -> list[Any]:
    """Parse a JSON value in each line."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def percent(share: float) -> str:
    """Return a share from 0 to 1 as the cards show it."""
    return f"{100 * share:.1f} %"
