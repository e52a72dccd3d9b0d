"""`phi-ls models list`: what can be fetched and what is installed."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from phi_ls import folders
from phi_ls.markdown_text import clean
from phi_ls.models.known import catalogue
from phi_ls.models.listing import models
from phi_ls.terminal import output
from phi_ls.terminal.ending import DONE, FAILED
from phi_providers.catalogue.entries import Catalogue
from phi_providers.hub.place import begun_bytes
from phi_providers.models.manifest import ModelError
from phi_providers.sizes import GIGABYTE


def run(*, as_json: bool) -> int:
    """Print the models; returns the exit code."""
    try:
        listed = catalogue()
        rows = models(listed, output.note)
    except (ModelError, OSError) as exc:
        output.note(str(exc))
        return FAILED
    if as_json:
        output.write(json.dumps(rows) + "\n")
    else:
        _show(listed, rows)
    return DONE


def _show(listed: Catalogue, rows: list[dict[str, Any]]) -> None:
    console = Console(highlight=False)
    by_id = {row["id"]: row for row in rows}
    in_catalogue = {entry.id for entry in listed.entries()}
    _section(console, "There without fetching", [row for row in rows if row["id"] not in in_catalogue])
    for model in listed.models:
        title = f"{model.title} ({model.license}, {model.safe_context} tokens): {model.id}"
        _section(console, title, [by_id[variant.id] for variant in model.variants])
    console.print("\n`phi-ls models pull MODEL` fetches the variant that suits this machine best.")


def _section(console: Console, title: str, rows: list[dict[str, Any]]) -> None:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        runs = f"{row['engine']} {row['precision']}, {' '.join(row['suits'])}".rstrip(", ")
        size = f"{row['size_bytes'] / GIGABYTE:.2f} GB"
        table.add_row(Text(f"  {clean(row['id'])}"), Text(size), Text(clean(runs)), _state(row))
    console.print()
    console.print(Text(clean(title), style="bold"))
    console.print(table)


def _state(row: dict[str, Any]) -> Text:
    if row["installed"]:
        return Text("installed", style="green")
    begun = begun_bytes(folders.models_dir(), row["id"])
    return Text(f"{begun / GIGABYTE:.2f} GB fetched so far" if begun else "", style="yellow")
