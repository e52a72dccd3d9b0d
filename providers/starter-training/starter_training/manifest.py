"""Writes data-manifest.json: what the corpus holds, package by package, and what was left out for which reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starter_training.package import SPLITS, Package
from starter_training.places import RECIPE

MANIFEST = RECIPE / "data-manifest.json"


def write_manifest(packages: Sequence[Package], path: Path = MANIFEST) -> None:
    """Writes the manifest with one line for each package, so that a change of the corpus reads well as a diff."""
    kept = [package for package in packages if package.sources]
    dropped: Counter[str] = Counter()
    for package in packages:
        dropped.update(+package.dropped)
    parts = {
        "totals": json.dumps(totals(kept)),
        "files_left_out": json.dumps(dict(dropped.most_common())),
        "packages_refused": json.dumps({p.name: p.refused for p in packages if p.refused}),
        "packages": "[\n" + ",\n".join(json.dumps(row) for row in rows(kept)) + "\n]",
    }
    text = ",\n".join(f'"{key}": {value}' for key, value in parts.items())
    path.write_text("{\n" + text + "\n}\n", encoding="utf-8", newline="\n")


def totals(packages: Sequence[Package]) -> dict[str, dict[str, dict[str, int]]]:
    """Files and characters of each split by language."""
    table: dict[str, dict[str, dict[str, int]]] = {}
    for package in packages:
        for source in package.sources:
            cell = table.setdefault(package.split, {}).setdefault(source.language, {"files": 0, "characters": 0})
            cell["files"] += 1
            cell["characters"] += len(source.text)
    return table


def rows(packages: Sequence[Package]) -> list[dict[str, Any]]:
    """One entry a package; `share` is its share of its split's characters."""
    sizes = {id(package): sum(len(source.text) for source in package.sources) for package in packages}
    whole: Counter[str] = Counter()
    for package in packages:
        whole[package.split] += sizes[id(package)]
    ordered = sorted(packages, key=lambda package: (SPLITS.index(package.split), package.registry, package.name))
    return [
        {
            "package": package.name,
            "registry": package.registry,
            "version": package.version,
            "licence": package.licence,
            "split": package.split,
            "files": len(package.sources),
            "characters": sizes[id(package)],
            "share": round(sizes[id(package)] / whole[package.split], 5),
        }
        for package in ordered
    ]
