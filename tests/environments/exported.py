"""The built-in model's original weights converted by each preset, once for all tests and processes, and kept.

They lie beside the environments, in a folder named after the hash of the original and of the code that converts.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

from environments import prepared
from environments.torch_reference import ORIGINAL

from phi_providers.export import export as exporting
from phi_providers.export.order import Order
from phi_providers.export.original import read_original
from phi_providers.export.presets import Preset
from phi_providers.models.installed import BUILTIN, PROFILE, builtin, write_profile
from phi_providers.models.safetensors_folder import original_of

FILES = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json")


def installed(preset: Preset) -> Path:
    """Return the folder of a converted model; converts if nobody has, and waits for who is at it."""
    home = place()
    order = Order(id=f"small-{preset.name}", original=read_original(original(home)), preset=preset, root=models(home))
    return exporting.export(order, prepared.interpreter(preset.tool.recipe), lambda step: None).path


@cache
def place() -> Path:
    """Return the folder that holds the original, with its profile, and the models made of it."""
    code = sorted(Path(exporting.__file__).parent.glob("*.py"))
    digest = hashlib.sha256()
    for file in (*(ORIGINAL / name for name in FILES), BUILTIN / PROFILE, *code):
        digest.update(file.read_bytes())
    home = prepared.root() / f"exports-{digest.hexdigest()[:12]}"
    if not original(home).is_dir():
        _begin(home)
    return home


def original(home: Path) -> Path:
    """Return where the original lies there; its name is a part of the names of what is made of it."""
    return home / "small"


def models(home: Path) -> Path:
    """Return where the converted models are installed."""
    return home / "models"


def _begin(home: Path) -> None:
    """Put the original there, whole at once: other processes do the same."""
    models(home).mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=home))
    for name in FILES:
        shutil.copy(ORIGINAL / name, folder)
    write_profile(folder, original_of(builtin(), ORIGINAL))
    try:
        folder.rename(original(home))
    except OSError:  # another one was the first
        shutil.rmtree(folder)
