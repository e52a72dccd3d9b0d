"""What an isolated environment consists of, for each engine or tool whose packages clash with ours."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECIPES = Path(__file__).parent / "recipes.json"
"""Exact versions. An environment that runs a worker holds `tokenizers`, the one package that a worker itself needs."""

_SYSTEMS = {"linux": "Linux", "win32": "Windows", "darwin": "macOS"}


class EnvironmentFailed(Exception):
    """An environment could not be made or removed: what failed and what to do, for the user."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source distribution that is compiled on this machine."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What one environment on this system holds."""

    engine: str
    title: str
    python: tuple[str, ...]
    """Versions of Python that its packages exist for, the best first."""
    megabytes: int
    """Disk space that making it takes at most, with what is downloaded for it."""
    download: int = 0
    """Megabytes that are downloaded at most."""
    requirements: tuple[str, ...]
    probe: tuple[str, ...]
    """Modules that a whole environment can import."""
    source: Source | None = None
    complete: bool = False
    """The requirements name every package, those left out on purpose are not installed although others ask for them.

    PyTorch alone brings its own: which libraries of NVIDIA's it needs depends on the package index.
    """

    @property
    def batches(self) -> list[tuple[str, ...]]:
        """What is installed in one go, in this order: PyTorch is most of the download, and has a step of its own."""
        large = tuple(item for item in self.requirements if item.startswith("torch=="))
        options = tuple(item for item in self.requirements if item.startswith("-"))
        others = tuple(item for item in self.requirements if item not in large)
        if self.complete:
            others = ("--no-deps", *others)
        return [(*options, *large), others] if large else [others]

    @property
    def key(self) -> str:
        """What changes when anything in it changes; names its folder."""
        source = vars(self.source) if self.source else None
        parts = [self.requirements, self.probe, source, sys.platform, platform.machine()]
        content = json.dumps([*parts, "complete"] if self.complete else parts)
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def engines(file: Path = RECIPES) -> list[str]:
    """Return the names that have a recipe on some system."""
    return sorted(_read(file))


def recipe(engine: str, file: Path = RECIPES) -> Recipe:
    """Return the recipe for this system; raises EnvironmentFailed."""
    known = _read(file)
    data = known.get(engine)
    if data is None:
        raise EnvironmentFailed(f"'{engine}' needs no environment of its own; those that do are {', '.join(known)}")
    requirements = data["requirements"].get(sys.platform)
    if requirements is None:
        systems = " and ".join(_SYSTEMS.get(name, name) for name in data["requirements"])
        raise EnvironmentFailed(f"{data['title']} exists for {systems} only; use another engine")
    source = data.get("source", {}).get(sys.platform)
    return Recipe(
        engine=engine,
        title=data["title"],
        python=tuple(data["python"]),
        megabytes=int(data["megabytes"][sys.platform]),
        download=int(data["download"][sys.platform]),
        requirements=tuple(requirements),
        probe=tuple(data["probe"]),
        source=Source(**source) if source else None,
        complete=bool(data.get("complete")),
    )


def _read(file: Path) -> dict[str, Any]:
    recipes: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return recipes
