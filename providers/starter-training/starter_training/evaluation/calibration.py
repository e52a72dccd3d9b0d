"""`python -m starter_training calibrate FOLDER`: how often a model is right at which probability.

And how often the document's own repetition is, at which length; in validation packages. The product weighs one against
the other by these figures (`phi_ls.ghost_text.second_opinion`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from phi_ls.answers.prompting import prompt
from phi_ls.context.repeats import find_repeat
from phi_providers.messages import ModelInfo
from phi_providers.models.installed import from_folder
from starter_training.evaluation import corpus
from starter_training.evaluation.cursors import draw
from starter_training.evaluation.writing import Writer, is_right, snapshot_at

SEED = 77
BINS = 6


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One cursor: what was said with what certainty, and whether it was right."""

    probability: float
    right: bool
    matched: int
    repeat_right: bool


def main(
    model: Annotated[Path, typer.Argument(help="Folder of the model.")],
    cursors: Annotated[int, typer.Option(help="Cursors in a line.")] = 600,
) -> None:
    """Print, as JSON, points of (certainty, share that was right) for the model and for repetitions."""
    trials = list(_trials(from_folder(model), cursors))
    of_model = [(trial.probability, trial.right) for trial in trials if trial.probability]
    of_repeat = [(float(trial.matched), trial.repeat_right) for trial in trials if trial.matched]
    typer.echo(json.dumps({"model": points(of_model), "repeats": points(of_repeat)}))


def points(observed: Sequence[tuple[float, bool]], bins: int = BINS) -> list[tuple[float, float]]:
    """Return (mean certainty, share right) of equally large bins, made to rise by pooling neighbours that do not."""
    ordered = sorted(observed)
    size = max(1, math.ceil(len(ordered) / bins))
    pools = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    index = 1
    while index < len(pools):
        if _share(pools[index]) > _share(pools[index - 1]):
            index += 1
            continue
        pools[index - 1 : index + 1] = [pools[index - 1] + pools[index]]
        index = max(1, index - 1)
    return [(round(sum(value for value, _ in pool) / len(pool), 3), round(_share(pool), 3)) for pool in pools]


def _share(pool: Sequence[tuple[float, bool]]) -> float:
    return sum(right for _, right in pool) / len(pool)


def _trials(model: ModelInfo, count: int) -> Iterator[Trial]:
    writer = Writer(model)
    for cursor in draw(corpus.read(corpus.VALIDATION), single=count, multiline=0, seed=SEED):
        snapshot = snapshot_at(cursor)
        text, probability = writer.line(snapshot, prompt({}, snapshot, model))
        repeat = find_repeat(snapshot)
        yield Trial(
            probability=probability,
            right=is_right(cursor, snapshot, text),
            matched=repeat.matched if repeat else 0,
            repeat_right=repeat is not None and is_right(cursor, snapshot, repeat.rest),
        )
