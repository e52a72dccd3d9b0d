"""Which model `phi-ls models export` is to convert, and what the result is called."""

from __future__ import annotations

import re
from pathlib import Path

from phi_ls import folders
from phi_ls.models.known import builtin
from phi_providers.catalogue.entries import Catalogue
from phi_providers.catalogue.reading import ID, RESERVED
from phi_providers.export.original import Original, read_original
from phi_providers.export.presets import Preset
from phi_providers.hub.place import find_installed
from phi_providers.models.builtin_forms import form_of_builtin
from phi_providers.models.manifest import ModelError

ORIGINALS = "transformers"
"""Engine of the catalogue's variants in their original form."""

SUFFIX = "-original"


def find_original(named: str, listed: Catalogue) -> tuple[str, Original]:
    """Return what a result is named after, and the model: a folder, else an installed model, else the built-in one.

    A model of the catalogue stands for its original. Raises ModelError saying what to do.
    """
    folder = Path(named).expanduser()
    if folder.is_dir():
        return folder.resolve().name, read_original(folder)
    if named == builtin().id:
        return named, read_original(form_of_builtin(ORIGINALS, folders.cache_dir() / "built-in-model"))
    variant = _original_variant(named, listed)
    found = find_installed(folders.models_dir(), variant) if ID.fullmatch(variant) else None
    if found is None:
        known = listed.find(variant) is not None
        remedy = f"`phi-ls models pull {variant}` fetches it" if known else "give a folder, or the id of a model"
        raise ModelError(f"there is no folder {named}, and no model {variant} is installed; {remedy}")
    return variant, read_original(found.path)


def _original_variant(named: str, listed: Catalogue) -> str:
    model = listed.model(named)
    originals = [each.id for each in model.variants if each.engine == ORIGINALS] if model else []
    return originals[0] if originals else named


def result_id(wanted: str, source: str, preset: Preset, listed: Catalogue) -> str:
    """Return the id of the result, which must not be one that means something else; raises ModelError."""
    base = re.sub(r"[^a-z0-9._-]+", "-", source.lower().removesuffix(SUFFIX)).strip("-._") or "model"
    chosen = wanted or f"{base[: 63 - len(preset.name)]}-{preset.name}"
    if not ID.fullmatch(chosen):
        raise ModelError(f"'{chosen}' is no id: it takes small letters, digits, '.', '_' and '-', at most 64 of them")
    if chosen in RESERVED or chosen == builtin().id or listed.find(chosen) or listed.model(chosen):
        raise ModelError(f"'{chosen}' is another model's id; give another name with --name")
    return chosen
