"""What the commands about models share: where models lie, which there are, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from phi_ls import folders
from phi_ls.terminal import output
from phi_providers.catalogue.entries import Catalogue
from phi_providers.catalogue.reading import load
from phi_providers.hub.place import InstalledModel, find_installed
from phi_providers.models import installed
from phi_providers.models.manifest import ModelError, read_manifest

DONE, FAILED, DECLINED = 0, 1, 2
"""Exit codes."""

OWN_CATALOGUE = "catalogue.json"


def models_dir() -> Path:
    """Return the folder of installed models; it need not exist."""
    return folders.models_dir()


def catalogue() -> Catalogue:
    """Return what can be fetched, the user's own entries included; raises ModelError."""
    return load(folders.config_file().parent / OWN_CATALOGUE)


def builtin() -> InstalledModel:
    """Return the model that comes with the package, as one of the installed."""
    info = installed.builtin()
    folder = Path(info.path)
    files = read_manifest(folder)
    size = sum(facts["size"] for facts in files.values())
    return InstalledModel(id=info.id, path=folder, size=size, files=tuple(files), source=None)


def find_model(model_id: str) -> InstalledModel:
    """Return an installed model; raises ModelError saying how to get it."""
    if model_id == installed.builtin().id:
        return builtin()
    found = find_installed(models_dir(), model_id)
    if found is None:
        raise ModelError(f"'{model_id}' is not installed; `phi-ls models pull {model_id}` fetches it if it is listed")
    return found


def ended(work: Callable[[], object], *, as_json: bool) -> int:
    """Do a command's work and print what it returns: JSON or text; returns the exit code."""
    try:
        result = work()
    except (ModelError, OSError) as exc:
        output.note(str(exc))
        return FAILED
    output.write(f"{json.dumps(result) if as_json else result}\n")
    return DONE
