"""The cleaned source files as the steps after cleaning read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starter_training.places import WORK


@dataclass(frozen=True)
class Document:
    """One source file of a package."""

    package: str
    language: str
    """LSP language id."""
    path: str
    """As in a project that holds the package."""
    text: str


def documents(split: str, folder: Path = WORK / "corpus") -> Iterator[Document]:
    """Yield the files of a split in their stored, random order."""
    with (folder / f"{split}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            yield Document(entry["package"], entry["language"], entry["path"], entry["text"])
