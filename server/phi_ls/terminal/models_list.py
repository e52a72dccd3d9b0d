"""`phi-ls models list`: what can be fetched and what is installed."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from phi_ls.markdown_text import clean
from phi_ls.terminal import output
from phi_ls.terminal.models_places import DONE, FAILED, builtin, catalogue, models_dir
from phi_providers.catalogue.entries import Catalogue
from phi_providers.catalogue.reading import as_json as entries_as_json
from phi_providers.hub.place import InstalledModel, begun_bytes, list_installed
from phi_providers.models.forms import find
from phi_providers.models.manifest import ModelError

LICENSE = "MIT"
"""Of the model that comes with the package, as of all of it."""


def run(*, as_json: bool) -> int:
    """Print the models; returns the exit code."""
    try:
        listed = catalogue()
        rows = models(listed)
    except (ModelError, OSError) as exc:
        output.note(str(exc))
        return FAILED
    if as_json:
        output.write(json.dumps(rows) + "\n")
    else:
        _show(listed, rows)
    return DONE


def models(listed: Catalogue) -> list[dict[str, Any]]:
    """Return all models, the built-in one first; the names of the fields are part of the contract with scripts."""
    here = {model.id: model for model in list_installed(models_dir())}
    known = [_known(row, here.pop(row["id"], None)) for row in entries_as_json(listed)]
    return [{**_local(builtin()), "license": LICENSE}, *known, *(_local(model) for model in here.values())]


def _known(row: dict[str, Any], model: InstalledModel | None) -> dict[str, Any]:
    fields = {**row, "installed": model is not None, "suits": row["suits"]}
    if model is not None:
        fields |= {"size_bytes": model.size, "files": list(model.files)}
        fields["revision"] = model.source.revision if model.source else row["revision"]
    return _ordered(fields)


def _local(model: InstalledModel) -> dict[str, Any]:
    """Return a model that no catalogue lists: built in, or made here."""
    fields: dict[str, Any] = {"id": model.id, "family": "", "engine": "", "precision": "", "license": "", "suits": []}
    try:
        found = find(model.path)
        fields |= {"family": found.info.family, "engine": found.engines[0], "precision": found.info.precision}
    except ModelError as exc:
        output.note(str(exc))
    source = model.source
    fields |= {"license": source.license, "revision": source.revision} if source else {"revision": ""}
    return _ordered({**fields, "size_bytes": model.size, "files": list(model.files), "installed": True})


def _ordered(fields: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "family", "engine", "precision", "license", "size_bytes", "revision", "files", "installed", "suits")
    return {name: fields[name] for name in names}


def _show(listed: Catalogue, rows: list[dict[str, Any]]) -> None:
    console = Console(highlight=False)
    by_id = {row["id"]: row for row in rows}
    in_catalogue = {entry.id for entry in listed.entries()}
    _section(console, "Here without a catalogue", [row for row in rows if row["id"] not in in_catalogue])
    for model in listed.models:
        title = f"{model.title} ({model.license}, {model.safe_context} tokens): {model.id}"
        _section(console, title, [by_id[variant.id] for variant in model.variants])
    console.print("\n`phi-ls models pull MODEL` fetches the variant that suits this machine best.")


def _section(console: Console, title: str, rows: list[dict[str, Any]]) -> None:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        runs = f"{row['engine']} {row['precision']}, {' '.join(row['suits'])}".rstrip(", ")
        table.add_row(
            Text(f"  {clean(row['id'])}"), Text(f"{row['size_bytes'] / 1000**3:.2f} GB"), Text(clean(runs)), _state(row)
        )
    console.print()
    console.print(Text(clean(title), style="bold"))
    console.print(table)


def _state(row: dict[str, Any]) -> Text:
    if row["installed"]:
        return Text("installed", style="green")
    begun = begun_bytes(models_dir(), row["id"])
    return Text(f"{begun / 1000**3:.2f} GB fetched so far" if begun else "", style="yellow")
