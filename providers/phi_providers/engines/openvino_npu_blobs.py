"""The compile cache: minutes of compiling saved, and nothing damaged ever loaded.

OpenVINO recompiles when a blob is cut short, but a blob of the right length with wrong content goes to the driver.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from pathlib import Path

from phi_providers.models.manifest import MANIFEST, ModelError, verify, write_manifest

log = logging.getLogger(__name__)


def blob_folder(root: Path, *keys: str) -> Path:
    """Return the folder for one model on one version of engine and driver."""
    return root / f"npu-{hashlib.sha256(repr(keys).encode()).hexdigest()[:16]}"


def check_blobs(folder: Path) -> None:
    """Remove the folder unless it holds exactly what `seal_blobs` left there."""
    if not folder.is_dir():
        return
    try:
        if not (folder / MANIFEST).is_file():
            raise ModelError("compiling has never been finished")
        verify(folder, full=True)
    except (ModelError, OSError) as exc:
        log.info("the compile cache is made anew: %s", exc)
        drop_blobs(folder)


def seal_blobs(folder: Path) -> None:
    """Write down what the folder holds; without the room for it, the next start compiles again."""
    try:
        names = [path.name for path in folder.iterdir() if path.name != MANIFEST]
        if names and not (folder / MANIFEST).is_file():
            write_manifest(folder, names)
    except (ModelError, OSError) as exc:
        log.info("the compile cache is not kept: %s", exc)
        drop_blobs(folder)


def drop_blobs(folder: Path) -> None:
    """Remove the folder, as far as the system lets it go."""
    shutil.rmtree(folder, ignore_errors=True)
