"""One package of the corpus: its cleaned sources, under the licence it declares."""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from starter_training.archives import declared_metadata, source_files, standard_library
from starter_training.clean import Source, clean_package
from starter_training.collect import Wanted
from starter_training.licences import corpus_licence

SEED = "starter"
"""Where every random choice of the corpus starts."""

SPLITS = ("test", "validation", "train")
STANDARD_LIBRARY = Wanted("stdlib", "train", "python", platform.python_version())


@dataclass
class Package:
    """One package with its cleaned sources and what became of its other files."""

    registry: str
    split: str
    name: str
    version: str
    licence: str
    sources: list[Source] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    refused: str = ""
    """Why the whole package is left out, if it is."""


def read_package(wanted: Wanted) -> Package:
    """One downloaded package, cleaned, or empty with the reason why it is refused."""
    package = Package(wanted.registry, wanted.split, wanted.name, wanted.version, "")
    if wanted.registry == "stdlib":
        package.licence = "Python-2.0"
        return _with_sources(package, standard_library())
    if wanted.archive is None:
        package.refused = "not downloaded"
        return package
    metadata = declared_metadata(wanted.archive)
    package.version, package.licence = metadata.version, corpus_licence(metadata) or ""
    if not package.licence and wanted.split != "excluded":
        said = metadata.licence_expression or metadata.licence_field or "none declared"
        package.refused = f"licence: {said.splitlines()[0][:60]}"
        return package
    return _with_sources(package, wanted.archive)


def _with_sources(package: Package, archive: Path) -> Package:
    files = source_files(archive)
    if package.split == "excluded":
        package.sources = [Source(path, "python", raw.decode("utf-8", "replace")) for path, raw in files]
    else:
        cleaned = clean_package(files, f"{SEED} {package.name}")
        package.sources, package.dropped = cleaned.sources, cleaned.dropped
    return package
