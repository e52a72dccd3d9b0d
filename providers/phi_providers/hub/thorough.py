"""Checks every byte of an installed model."""

from __future__ import annotations

import json
from pathlib import Path

from phi_providers.models.manifest import MANIFEST, ModelError, read_manifest, verify


def verify_thoroughly(folder: Path) -> int:
    """Compare a model's folder with its manifest, and the manifest with itself; returns the number of files.

    Raises ModelError for the first difference. A folder without a manifest has nothing to be compared with.
    """
    if not (folder / MANIFEST).is_file():
        raise ModelError(f"{folder.name} has no {MANIFEST}, so nothing in it can be checked; install the model again")
    # Both: what the quick check compares at every load must be right, too.
    verify(folder, full=True)
    verify(folder, full=False)
    text = (folder / MANIFEST).read_text("utf-8")
    if json.dumps(json.loads(text), indent=1) + "\n" != text:
        raise ModelError(f"{MANIFEST} of {folder.name} has been changed; install the model again")
    return len(read_manifest(folder))
