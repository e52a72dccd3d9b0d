"""Makes a folder of fetched files a model: what it is, where it came from, and the manifest of all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from phi_providers.catalogue.entries import Entry
from phi_providers.hub.failures import PullFailed
from phi_providers.hub.listing import Published
from phi_providers.hub.place import SOURCE, Source, write_source
from phi_providers.models.dates import note_dates
from phi_providers.models.forms import find
from phi_providers.models.installed import PROFILE, read_object
from phi_providers.models.manifest import MANIFEST, ModelError, write_manifest

TOKENIZER = "tokenizer.json"


def seal(folder: Path, source: Published) -> None:
    """Finish a folder whose files are those that were published; raises PullFailed when they are no such model."""
    entry = source.entry
    names = [file.name for file in source.files]
    for path in folder.iterdir():
        if path.name not in names:  # left by an attempt that had other files in mind
            path.unlink()
    _check_tokens(folder, entry)
    (folder / PROFILE).write_text(json.dumps(profile(entry), indent=1) + "\n", "utf-8", newline="\n")
    variant = entry.variant
    write_source(
        folder,
        Source(
            id=entry.id,
            repository=variant.repository,
            folder=variant.folder,
            revision=source.commit,
            endpoint=source.endpoint,
            license=entry.model.license,
        ),
    )
    write_manifest(folder, [*names, PROFILE, SOURCE])
    try:
        found = find(folder)
    except ModelError as exc:
        (folder / MANIFEST).unlink()
        raise PullFailed(f"what was fetched is no model that can be used: {exc}") from exc
    if variant.engine not in found.engines:
        (folder / MANIFEST).unlink()
        raise PullFailed(f"what was fetched is for {', '.join(found.engines)}, not for {variant.engine}")
    note_dates(folder)


def profile(entry: Entry) -> dict[str, Any]:
    """Return profile.json: all of `ModelInfo` that the catalogue knows."""
    model = entry.model
    return {
        "id": entry.id,
        "family": model.family,
        "context": model.safe_context,
        **model.profile,
        "precision": entry.variant.precision,
        "controls": model.controls,
        "stop_ids": list(model.stop_ids),
    }


def _check_tokens(folder: Path, entry: Entry) -> None:
    """Raise PullFailed unless the tokenizer has the control tokens that prompts for this model are made of."""
    try:
        added = read_object(folder / TOKENIZER).get("added_tokens") or []
        ids = {str(token["content"]): token["id"] for token in added}
    except (ModelError, KeyError, TypeError) as exc:
        raise PullFailed(f"{TOKENIZER} of {entry.id} is no tokenizer") from exc
    for token in entry.model.tokens:
        if ids.get(token.text) != token.id:
            raise PullFailed(
                f"the tokenizer of {entry.id} has {ids.get(token.text)} for {token.text}, the catalogue {token.id}; "
                "is the catalogue's entry out of date?"
            )
