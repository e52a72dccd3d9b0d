"""Which commit of a repository was fetched first: later fetches take the same one, unless the newest is asked for."""

from __future__ import annotations

import json
from pathlib import Path

from phi_providers.catalogue.entries import Entry
from phi_providers.hub.place import COMMIT, PINS
from phi_providers.models.manifest import checked_name


def pinned(root: Path, entry: Entry) -> str:
    """Return the commit that the catalogue or else the first fetch has pinned; empty where neither has."""
    if entry.variant.revision:
        return entry.variant.revision
    try:
        data = json.loads(_file(root, entry).read_text("utf-8"))
        commit, repository = str(data["revision"]), data["repository"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return commit if repository == entry.variant.repository and COMMIT.fullmatch(commit) else ""


def pin(root: Path, entry: Entry, commit: str) -> None:
    """Write down which commit was fetched."""
    file = _file(root, entry)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"repository": entry.variant.repository, "revision": commit}) + "\n"
    draft = file.with_name(f"{file.name}.new")
    draft.write_text(text, "utf-8")
    draft.replace(file)


def _file(root: Path, entry: Entry) -> Path:
    return root / PINS / checked_name(entry.id)
