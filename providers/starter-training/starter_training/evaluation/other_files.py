"""`python -m starter_training passages FOLDER`: what passages of other open files are worth to a model.

At each cursor it writes the line without them, and with up to five other files of the package open: those that the file
imports first, then those beside it. The same cursors, so that the difference is measured much better than either.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from phi_ls.answers.prompting import prompt
from phi_ls.context.passages import OpenFile
from phi_ls.context.ring import Ring
from phi_providers.models.installed import from_folder
from starter_training.evaluation import corpus
from starter_training.evaluation.bits import Scorer
from starter_training.evaluation.corpus import SourceFile
from starter_training.evaluation.cursors import SEED, Cursor, draw
from starter_training.evaluation.writing import Writer, is_right, snapshot_at

OPEN_FILES = 5


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One cursor: without passages, with them."""

    right: tuple[bool, bool]
    bits: tuple[float, float]
    """For what was written there."""
    characters: int
    """Of that."""


def main(
    model: Annotated[Path, typer.Argument(help="Folder of the model.")],
    cursors: Annotated[int, typer.Option(help="Cursors in a line.")] = 500,
    test: Annotated[Path, typer.Option("--corpus", help="Files to draw from.")] = corpus.VALIDATION,
    seed: Annotated[int, typer.Option(help="Another one draws other cursors.")] = SEED,
) -> None:
    """Print, as JSON, exact lines and bits per character without and with them, and how sure the differences are."""
    pairs = list(_pairs(model, corpus.read(test), cursors, seed))
    characters = sum(pair.characters for pair in pairs)
    gained, gained_error = difference([pair.right for pair in pairs])
    saved, saved_error = difference([pair.bits for pair in pairs])
    found = {
        "cursors": len(pairs),
        "exact": [sum(pair.right[arm] for pair in pairs) for arm in (0, 1)],
        "exactDifference": [gained, gained_error],
        "bitsPerCharacter": [round(sum(pair.bits[arm] for pair in pairs) / characters, 4) for arm in (0, 1)],
        "bitsPerCursorDifference": [saved, saved_error],
    }
    typer.echo(json.dumps(found, indent=1))


def difference(observed: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the mean of second less first, and its standard error."""
    gains = [second - first for first, second in observed]
    mean = sum(gains) / len(gains)
    variance = sum((gain - mean) ** 2 for gain in gains) / max(len(gains) - 1, 1)
    return round(mean, 4), round(math.sqrt(variance / len(gains)), 4)


def _pairs(folder: Path, files: Sequence[SourceFile], total: int, seed: int) -> Iterator[Pair]:
    model = replace(from_folder(folder), snippets=True)
    writer, scorer = Writer(model), Scorer(folder)
    for cursor in draw(files, single=total, multiline=0, seed=seed):
        snapshot, others = snapshot_at(cursor), opened(cursor, files, seed)
        all_known = Ring(others.copy, clock=lambda: 0.0)
        prompts = [prompt({}, snapshot, model, ring) for ring in (None, all_known)]
        right = [is_right(cursor, snapshot, writer.line(snapshot, parts)[0]) for parts in prompts]
        bits = [scorer.answer_bits(parts, cursor.truth) for parts in prompts]
        yield Pair(right=(right[0], right[1]), bits=(bits[0], bits[1]), characters=len(cursor.truth))


def opened(cursor: Cursor, files: Sequence[SourceFile], seed: int) -> list[OpenFile]:
    """Return the files that somebody who works on this one may have open, the likeliest opened last."""
    chance = random.Random(f"{seed} {cursor.file.path} {cursor.start}")
    here = PurePosixPath(cursor.file.path)
    imports = "\n".join(line for line in cursor.file.text.split("\n") if "import" in line or "require(" in line)

    def rank(file: SourceFile) -> tuple[bool, bool, float]:
        path = PurePosixPath(file.path)
        return path.stem not in imports, path.parent != here.parent, chance.random()

    package = [each for each in files if each.package == cursor.file.package and each.group == cursor.file.group]
    others = sorted((each for each in package if each.path != cursor.file.path), key=rank)
    return [_open_file(each) for each in reversed(others[:OPEN_FILES])]


def _open_file(file: SourceFile) -> OpenFile:
    lines = file.text.split("\n")
    return OpenFile(uri=f"file:///{file.path}", version=1, language=file.language, path=file.path, lines=lines)
