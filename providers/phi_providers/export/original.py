"""The model that is to be converted: which files it consists of, and whether they may be read at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from phi_providers.catalogue.reading import EXECUTABLE
from phi_providers.hub.place import Source, read_source
from phi_providers.messages import ModelInfo
from phi_providers.models import safetensors_folder
from phi_providers.models.dates import verify_for_loading
from phi_providers.models.installed import read_object
from phi_providers.models.manifest import MANIFEST, ModelError, checked_name

INDEX, WEIGHTS = "model.safetensors.index.json", "model.safetensors"
DESCRIPTIONS = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", INDEX)

FIRST_BYTES = 1 << 20
"""Of each file that its identity is taken from, with its size and when it was written."""

FULL_PRECISION = 2
"""How many times as large as at 16 bits weights in FP32 are."""


@dataclass(frozen=True, kw_only=True)
class Original:
    """A model in the form in which it was trained."""

    folder: Path
    info: ModelInfo
    files: tuple[str, ...]
    """Those that a conversion reads, the weights last."""
    bytes_at_16_bits: int
    """Of the weights."""
    source: Source | None
    """Where it was fetched from."""
    key: str
    """What changes when a file does."""


def read_original(folder: Path) -> Original:
    """Return the model in a folder; raises ModelError or OSError, saying what is wrong and what to do.

    Nothing in the folder is ever run: weights are taken from safetensors alone, and a folder that holds code or pickles
    beside them is refused, because tools other than ours look for them.
    """
    if not folder.is_dir():
        raise ModelError(f"there is no folder {folder}")
    _refuse_code(folder)
    info = safetensors_folder.from_folder(folder)
    if (folder / MANIFEST).is_file():
        verify_for_loading(folder)
    if read_object(folder / "config.json").get("quantization_config"):
        raise ModelError(f"the weights in {folder} are quantised already; take the original ones")
    weights = _weights(folder)
    files = (*(name for name in DESCRIPTIONS if (folder / name).is_file()), *weights)
    size = sum((folder / name).stat().st_size for name in weights)
    return Original(
        folder=folder.resolve(),
        info=info,
        files=files,
        bytes_at_16_bits=size // FULL_PRECISION if info.precision == "fp32" else size,
        source=read_source(folder),
        key=_key(folder, files),
    )


def _key(folder: Path, names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        file = folder / name
        facts = file.stat()
        digest.update(json.dumps([name, facts.st_size, facts.st_mtime_ns]).encode())
        with file.open("rb") as stream:
            digest.update(stream.read(FIRST_BYTES))
    return digest.hexdigest()


def _refuse_code(folder: Path) -> None:
    found = sorted(path.name for path in folder.iterdir() if EXECUTABLE.fullmatch(path.name) or path.suffix == ".bin")
    if found:
        names = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        raise ModelError(
            f"{folder} holds {names}: code, or weights that can hold code; "
            "copy its *.json and *.safetensors into a folder of their own and convert that"
        )


def _weights(folder: Path) -> tuple[str, ...]:
    """Return the names of the files that hold the weights, each checked to be there."""
    names = [WEIGHTS]
    if (folder / INDEX).is_file():
        shards = read_object(folder / INDEX).get("weight_map")
        if not isinstance(shards, dict) or not shards:
            raise ModelError(f"{INDEX} in {folder} names no files; copy the folder again")
        names = sorted({checked_name(str(name)) for name in shards.values()})
    bad = [name for name in names if not name.endswith(".safetensors")]
    if bad:
        raise ModelError(f"{INDEX} in {folder} names {bad[0]}, which is no file of safetensors")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ModelError(f"{', '.join(missing)} missing from {folder}; copy the whole folder")
    return tuple(names)
