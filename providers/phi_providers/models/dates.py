"""What is compared each time a model is loaded: sizes, samples, and all of what was written since it was last compared.

Between the samples of a large file a change shows by the file's date alone. A date that differs is no fault: copying
changes it, too. So the file is read as a whole once, and its date is noted down beside it.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from phi_providers.models.installed import BUILTIN, read_object
from phi_providers.models.manifest import DATES, MANIFEST, ModelError, compare_all_bytes, sampled_only, verify


def verify_for_loading(folder: Path) -> None:
    """Compare a model's folder with its manifest before it is loaded; raises ModelError for the first difference.

    The built-in model's files have the date of pip's run, and nothing is ever written among them: samples suffice for
    it, as for any folder in which nothing can be noted down, where every load would read all of it again.
    """
    verify(folder, full=False)
    if folder == BUILTIN or not (folder / MANIFEST).is_file():
        return
    # Taken first: what is written while it is being read has another date.
    dates, known = _dates(folder), _noted(folder)
    changed = [name for name, date in dates.items() if known.get(name) != date]
    if changed and _note(folder, {}):
        compare_all_bytes(folder, changed)
        _note(folder, dates)


def note_dates(folder: Path) -> None:
    """Note down the dates of files that were all compared just now, as far as the system lets us."""
    if dates := _dates(folder):
        _note(folder, dates)


def _dates(folder: Path) -> dict[str, int]:
    """Return when each file of which the samples are not the whole was written, in nanoseconds."""
    return {name: (folder / name).stat().st_mtime_ns for name in sampled_only(folder)}


def _noted(folder: Path) -> dict[str, object]:
    try:
        if (folder / DATES).is_symlink():
            return {}
        return read_object(folder / DATES)
    except ModelError:
        return {}  # never written, or damaged: all is compared


def _note(folder: Path, dates: dict[str, int]) -> bool:
    """Write the dates down; returns whether that was possible."""
    with contextlib.suppress(OSError):
        # Made anew, never written through: the folder is somebody else's work, and the name in it may be a link.
        (folder / DATES).unlink(missing_ok=True)
        with (folder / DATES).open("x", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(dates, indent=1) + "\n")
        return True
    return False
