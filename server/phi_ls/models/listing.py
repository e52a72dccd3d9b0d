"""All models with what scripts and editors are told of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from phi_ls import folders
from phi_ls.models.known import builtin
from phi_providers.catalogue.entries import Catalogue
from phi_providers.catalogue.reading import as_json
from phi_providers.hub.place import InstalledModel, list_installed
from phi_providers.models.forms import find
from phi_providers.models.manifest import ModelError

LICENSE = "MIT"
"""Of the model that comes with the package, as of all of it."""

Complain = Callable[[str], None]
"""Takes a sentence about a model that is listed with what is known of it."""


def models(listed: Catalogue, complain: Complain) -> list[dict[str, Any]]:
    """Return all models, the built-in one first; the names of the fields are part of the contract with scripts."""
    here = {model.id: model for model in list_installed(folders.models_dir())}
    known = [_known(row, here.pop(row["id"], None)) for row in as_json(listed)]
    own = [_local(model, complain) for model in here.values()]
    return [{**_local(builtin(), complain), "license": LICENSE}, *known, *own]


def _known(row: dict[str, Any], model: InstalledModel | None) -> dict[str, Any]:
    fields = {**row, "installed": model is not None, "suits": row["suits"]}
    if model is not None:
        fields |= {"size_bytes": model.size, "files": list(model.files)}
        fields["revision"] = model.source.revision if model.source else row["revision"]
    return _ordered(fields)


def _local(model: InstalledModel, complain: Complain) -> dict[str, Any]:
    """Return a model that no catalogue lists: built in, or made here."""
    fields: dict[str, Any] = {"id": model.id, "family": "", "engine": "", "precision": "", "license": "", "suits": []}
    try:
        found = find(model.path)
        fields |= {"family": found.info.family, "engine": found.engines[0], "precision": found.info.precision}
    except ModelError as exc:
        complain(str(exc))
    source = model.source
    fields |= {"license": source.license, "revision": source.revision} if source else {"revision": ""}
    return _ordered({**fields, "size_bytes": model.size, "files": list(model.files), "installed": True})


def _ordered(fields: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "family", "engine", "precision", "license", "size_bytes", "revision", "files", "installed", "suits")
    return {name: fields[name] for name in names}
