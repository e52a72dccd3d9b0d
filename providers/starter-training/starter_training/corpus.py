"""Builds the corpus: cleans every package, leaves out copies, caps the large ones and writes the splits."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from multiprocessing import Pool
from pathlib import Path

import typer

from starter_training.clean import Source
from starter_training.collect import Wanted, wanted_packages
from starter_training.duplicates import MOST_KNOWN, KnownLines
from starter_training.manifest import write_manifest
from starter_training.package import SEED, SPLITS, STANDARD_LIBRARY, Package, read_package
from starter_training.places import WORK

CORPUS = WORK / "corpus"
ORDER = ("excluded", *SPLITS)
"""Packages are looked at in this order, so that the training text copies nothing of the other splits."""

MOST_SHARE = {"python": 0.03, "javascript": 0.08}
"""Largest share of one package in the training text of a language family."""

APART_KNOWN = 0.5
"""Share of lines known from what is set apart, from which a file is left out; stricter than for other copies."""

PROCESSES = 2


def without_copies(packages: Iterable[Package]) -> list[Package]:
    """The packages of the splits, without files that resemble ones set apart or files kept before."""
    excluded, held_out, kept, remaining = KnownLines(), KnownLines(), KnownLines(), []
    for package in packages:
        if package.split == "excluded":
            excluded.update(source.text for source in package.sources)
            continue
        package.sources = without_copies_of(excluded, package, "excluded project", APART_KNOWN)
        if package.split == "train":
            package.sources = without_copies_of(held_out, package, "held out", APART_KNOWN)
        package.sources = without_copies_of(kept, package, "copy", MOST_KNOWN, learn=True)
        if package.split != "train":
            held_out.update(source.text for source in package.sources)
        remaining.append(package)
    return remaining


def without_copies_of(
    known: KnownLines, package: Package, reason: str, most_known: float, *, learn: bool = False
) -> list[Source]:
    """The package's sources that are no copies of known ones; `learn` adds each of them to what is known."""
    new = []
    for source in package.sources:
        if known.is_copy(source.text, most_known):
            package.dropped[reason] += 1
            continue
        new.append(source)
        if learn:
            known.update([source.text])
    return new


def cap_shares(packages: Sequence[Package]) -> None:
    """Drops files of the training packages that exceed their share of their language family's text."""
    training = [package for package in packages if package.split == "train"]
    totals: Counter[str] = Counter()
    for source in (source for package in training for source in package.sources):
        totals[family_of(source)] += len(source.text)
    for package in training:
        package.sources = _capped(package, {family: totals[family] * share for family, share in MOST_SHARE.items()})


def _capped(package: Package, room: dict[str, float]) -> list[Source]:
    kept = []
    for source in random.Random(f"{SEED} {package.name} share").sample(package.sources, len(package.sources)):
        room[family_of(source)] -= len(source.text)
        if room[family_of(source)] >= 0:
            kept.append(source)
        else:
            package.dropped["share"] += 1
    return kept


def family_of(source: Source) -> str:
    """The language family: Python, or JavaScript and TypeScript together."""
    return "python" if source.language == "python" else "javascript"


def write_split(split: str, packages: Sequence[Package], folder: Path) -> None:
    """Writes a split's files in random order, one JSON object a line, so that any head of it is a fair sample."""
    files = [(package, source) for package in packages if package.split == split for source in package.sources]
    random.Random(f"{SEED} {split}").shuffle(files)
    unfinished = folder / f"{split}.jsonl.part"
    with unfinished.open("w", encoding="utf-8", newline="\n") as out:
        for package, source in files:
            out.write(json.dumps(row(package, source), ensure_ascii=False) + "\n")
    unfinished.replace(folder / f"{split}.jsonl")


def row(package: Package, source: Source) -> dict[str, str]:
    """One file of the corpus as it is written."""
    return {
        "package": package.name,
        "version": package.version,
        "licence": package.licence,
        "registry": package.registry,
        "language": source.language,
        "path": source.path,
        "text": source.text,
    }


def build(wanted: Iterable[Wanted], folder: Path = CORPUS) -> list[Package]:
    """Writes the corpus of the given packages into a folder; answers the packages, refused ones included."""
    ordered = sorted(wanted, key=lambda package: ORDER.index(package.split))
    with Pool(PROCESSES) as pool:
        packages = without_copies(pool.imap(read_package, ordered, chunksize=4))
    cap_shares(packages)
    folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        write_split(split, packages, folder)
    return packages


def main(folder: Path = CORPUS) -> None:
    """Builds the whole corpus and the manifest of what is in it."""
    packages = build([STANDARD_LIBRARY, *wanted_packages()], folder)
    write_manifest(packages)
    for package in packages:
        if package.refused:
            typer.echo(f"refused: {package.name} ({package.refused})")


if __name__ == "__main__":
    main()
