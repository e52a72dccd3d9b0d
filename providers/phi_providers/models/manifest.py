"""manifest.json: the exact files of a model, each with size and sha256; nothing else is ever loaded from its folder."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

MANIFEST = "manifest.json"
DATES = ".dates.json"
"""The one other file of ours; no manifest can name it."""

SCHEMA = 1
SAMPLE_BYTES = 64 * 1024
SAMPLES = 16
"""The quick check reads 1 MB of a file, evenly spread, first and last block included."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class ModelError(Exception):
    """A model's folder is not what it should be: names the file, and what to do."""


def verify(folder: Path, *, full: bool) -> None:
    """Compare a folder with its manifest; raises ModelError for the first difference.

    `full` hashes every byte (2 GB take seconds), otherwise size and samples are compared. A folder with neither
    manifest nor profile is the user's own export and passes.
    """
    if not (folder / MANIFEST).exists() and not (folder / "profile.json").exists():
        return
    expected = read_manifest(folder)
    for path in sorted(folder.iterdir()):
        if path.name not in (MANIFEST, DATES) and path.name not in expected:
            raise ModelError(f"{path.name} does not belong to the model in {folder.name}; remove it")
    for name, facts in expected.items():
        _check(folder / name, facts, full)


def sampled_only(folder: Path) -> list[str]:
    """Return the names of the files of which the quick check does not read everything; raises ModelError."""
    return [name for name, facts in read_manifest(folder).items() if facts["size"] > SAMPLES * SAMPLE_BYTES]


def compare_all_bytes(folder: Path, names: Iterable[str]) -> None:
    """Compare these files with the manifest to the last byte; raises ModelError for the first difference."""
    expected = read_manifest(folder)
    for name in names:
        _check(folder / name, expected[name], True)


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return file name → `size`, `sha256`, `sampled`; raises ModelError when the manifest is no manifest."""
    try:
        data = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = {checked_name(name): _facts(facts) for name, facts in data["files"].items()}
        schema = data["schema"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ModelError(f"{MANIFEST} in {folder.name} cannot be read; install the model again") from exc
    if schema != SCHEMA:
        raise ModelError(f"{MANIFEST} in {folder.name} has schema {schema}, {SCHEMA} is known; update phi-ls")
    return files


def fingerprint(folder: Path) -> str:
    """Return the hash of a folder's manifest, and so of all its files; empty if it has none."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def write_manifest(folder: Path, names: Iterable[str]) -> None:
    """Write the manifest of these files of a folder."""
    files = {}
    for name in sorted(names):
        with _open(folder / checked_name(name)) as file:
            files[name] = _digests(file)
    text = json.dumps({"schema": SCHEMA, "files": files}, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8", newline="\n")


def checked_name(name: str) -> str:
    """Return the name if it is a plain file name on every system; raises ModelError."""
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name) or name.endswith("."):
        raise ModelError(f"{name!r} is no name for a model's file")
    return name


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {"size": int(facts["size"]), "sha256": str(facts["sha256"]), "sampled": str(facts["sampled"])}


def _check(path: Path, facts: dict[str, Any], full: bool) -> None:
    remedy = "install the model again"
    with _open(path) as file:
        size = file.seek(0, 2)
        if size != facts["size"]:
            raise ModelError(f"{path.name} has {size} bytes instead of {facts['size']}; {remedy}")
        key, found = ("sha256", _sha256(file)) if full else ("sampled", _sampled(file, size))
        if found != facts[key]:
            raise ModelError(f"{path.name} is damaged; {remedy}")


def _open(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise ModelError(f"{path.name} is not a regular file; install the model again")
        return path.open("rb")
    except OSError as exc:
        raise ModelError(f"{path.name} is missing from {path.parent.name}; install the model again") from exc


def _digests(file: BinaryIO) -> dict[str, Any]:
    size = file.seek(0, 2)
    return {"size": size, "sha256": _sha256(file), "sampled": _sampled(file, size)}


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _sampled(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    for offset in _offsets(size):
        file.seek(offset)
        digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()


def _offsets(size: int) -> Iterator[int]:
    if size <= SAMPLES * SAMPLE_BYTES:
        yield from range(0, size, SAMPLE_BYTES)
    else:
        last = size - SAMPLE_BYTES
        yield from (last * index // (SAMPLES - 1) for index in range(SAMPLES))
