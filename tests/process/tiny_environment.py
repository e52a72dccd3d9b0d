"""Environments that are made in seconds: of one wheel, written on the spot, without a package index."""

from __future__ import annotations

import base64
import hashlib
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from phi_providers.environments.build import build
from phi_providers.environments.kept import folder_of
from phi_providers.environments.recipes import Recipe

OURS = f"{sys.version_info[0]}.{sys.version_info[1]}"


def wheel(folder: Path, name: str, source: str = "", version: str = "1.0") -> Path:
    """Write a wheel with one module; `source` is the module's text."""
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": source,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for entry, text in {**files, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            archive.writestr(entry, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Workshop:
    """A folder with wheels, and one with the environments made of them."""

    folder: Path
    told: list[str] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """Where environments lie."""
        return self.folder / "environments"

    def recipe(self, *requirements: str | Path, probe: tuple[str, ...] = ("tiny",), **more: object) -> Recipe:
        """Return a recipe of local files; pip is told not to look anywhere else."""
        facts = {"engine": "tiny", "title": "a tiny engine", "python": (OURS,), "megabytes": 1, **more}
        needed = ("--no-index", "--no-deps", *map(str, requirements))
        return Recipe(requirements=needed, probe=probe, **facts)  # type: ignore[arg-type]

    def build(self, recipe: Recipe) -> str:
        """Make an environment and return its interpreter."""
        self.told.clear()
        return build(self.root, recipe, self.told.append)

    def place(self, recipe: Recipe) -> Path:
        """Return the folder of an environment."""
        return folder_of(self.root, recipe)
