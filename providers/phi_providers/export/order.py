"""What is to be converted into what, and under which name it is installed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from phi_providers.environments.recipes import recipe
from phi_providers.export.original import Original
from phi_providers.export.presets import Preset
from phi_providers.hub.place import begun
from phi_providers.models.installed import read_object
from phi_providers.models.manifest import ModelError

RECORD = "export.json"
"""In the folder of a model that was converted here: what it was made of."""

CONVERTED = "converted"
"""In the folder of what was begun: the tool has ended, and this is what it has written."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """One conversion that is to be done."""

    id: str
    original: Original
    preset: Preset
    root: Path
    """Folder of installed models."""

    @property
    def key(self) -> str:
        """What changes when the original, the parameters or the tool's version do."""
        tool = recipe(self.preset.tool.recipe).key
        content = json.dumps([self.original.key, self.preset.name, self.preset.options, tool])
        return hashlib.sha256(content.encode()).hexdigest()[:40]

    @property
    def converted(self) -> bool:
        """Whether an earlier attempt got as far as that."""
        return any((folder / CONVERTED).is_dir() and _key(folder) == self.key for folder in begun(self.root, self.id))


def _key(folder: Path) -> str:
    try:
        return str(read_object(folder / RECORD).get("key"))
    except ModelError:
        return ""


def made_of(folder: Path) -> str:
    """Return the key of the order that an installed model was made by; empty for one that was not made here."""
    return _key(folder)
