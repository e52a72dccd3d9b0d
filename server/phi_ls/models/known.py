"""Which models are known by their ids: those of the catalogue, those that are installed, and the built-in one."""

from __future__ import annotations

from pathlib import Path

from phi_ls import folders
from phi_ls.messages.text import say
from phi_providers.catalogue.entries import Catalogue
from phi_providers.catalogue.reading import load
from phi_providers.hub.place import InstalledModel, find_installed
from phi_providers.models import installed
from phi_providers.models.manifest import ModelError, read_manifest

OWN_CATALOGUE = "catalogue.json"


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
    found = find_installed(folders.models_dir(), model_id)
    if found is None:
        raise ModelError(
            say("'{model}' is not installed; `phi-ls models pull {model}` fetches it if it is listed", model=model_id)
        )
    return found
