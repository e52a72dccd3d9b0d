"""Makes what a tool has written a model: the files that count, what it is, and the manifest of all of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from phi_providers.export.failures import ExportFailed
from phi_providers.export.order import RECORD, Order
from phi_providers.hub.place import SOURCE, write_source
from phi_providers.models.dates import note_dates
from phi_providers.models.forms import find
from phi_providers.models.installed import PROFILE, write_object, write_profile
from phi_providers.models.manifest import MANIFEST, ModelError, write_manifest
from phi_providers.models.npu_fit import compression_mode, npu_misfit

TOKENIZER = "tokenizer.json"
OPTIONAL = ("generation_config.json", "openvino_config.json")


def finish(folder: Path, order: Order) -> None:
    """Check the folder that a tool has written, and complete it; raises ExportFailed when it is no such model.

    May be done again on a folder that it has been done on.
    """
    names = _kept(folder, order)
    # A tool writes the tokenizer anew; prompts are made for the original's.
    shutil.copyfile(order.original.folder / TOKENIZER, folder / TOKENIZER)
    names += [TOKENIZER, PROFILE, RECORD]
    info = replace(order.original.info, id=order.id, path="", precision=order.preset.precision)
    write_profile(folder, info)
    write_object(folder / RECORD, {"key": order.key, "preset": order.preset.name, "original": order.original.info.id})
    if order.original.source is not None:
        # The licence goes with the weights.
        write_source(folder, order.original.source)
        names.append(SOURCE)
    _check(folder, order)
    write_manifest(folder, names)
    note_dates(folder)


def _kept(folder: Path, order: Order) -> list[str]:
    """Return which of the tool's files belong to the model, having removed all others."""
    patterns = order.preset.tool.files
    names = sorted(path.name for path in folder.iterdir() if any(fnmatchcase(path.name, each) for each in patterns))
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    missing = [each for each in patterns if each not in OPTIONAL and not any(fnmatchcase(name, each) for name in names)]
    if missing:
        raise ExportFailed(f"the conversion has written no {', '.join(missing)}, so nothing is installed")
    return names


def _check(folder: Path, order: Order) -> None:
    (folder / MANIFEST).unlink(missing_ok=True)
    preset = order.preset
    try:
        found = find(folder)
    except ModelError as exc:
        raise ExportFailed(f"the conversion has written no model that can be used: {exc}") from exc
    if preset.engine not in found.engines:
        raise ExportFailed(f"the conversion has written a model for {', '.join(found.engines)}, not {preset.engine}")
    if preset.engine == "openvino":
        _check_compression(folder, order)


def _check_compression(folder: Path, order: Order) -> None:
    mode = compression_mode(folder)
    if mode != order.preset.mode:
        raise ExportFailed(f"the weights came out as {mode or 'not compressed'}, not as {order.preset.mode or 'FP16'}")
    misfit = npu_misfit(folder) if order.preset.npu else ""
    if misfit:
        raise ExportFailed(f"the conversion has written a model that no NPU takes: {misfit}")
