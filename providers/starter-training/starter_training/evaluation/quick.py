"""`python -m starter_training.evaluation.quick FOLDER`: a model's main figures, to compare variants.

They are taken in the validation packages: the test packages must not decide between variants.
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Annotated

import typer
from bench.sandbox import sandbox
from rich.console import Console
from rich.table import Table

from starter_training.evaluation import corpus, statistics
from starter_training.evaluation.bits import Scorer
from starter_training.evaluation.cursors import SEED, draw
from starter_training.evaluation.docstrings import documented
from starter_training.evaluation.measuring import copy_all, score_docstrings, score_files, suggest_all
from starter_training.evaluation.models import variant

BLOCK_SHARE = 6
"""For so many cursors in a line there is one with a block."""


def main(
    model: Annotated[Path, typer.Argument(help="Folder of the model; its manifest need not fit.")],
    cursors: Annotated[int, typer.Option(help="Cursors in a line; a sixth as many blocks are added.")] = 200,
    profile: Annotated[list[str], typer.Option(help="Another value in profile.json, as KEY=JSON.")] = [],  # noqa: B006
    setting: Annotated[list[str], typer.Option(help="A setting of the product, as KEY=JSON.")] = [],  # noqa: B006
    test: Annotated[Path, typer.Option("--corpus", help="Files to draw from.")] = corpus.VALIDATION,
    files: Annotated[int, typer.Option(help="Files of each language for bits per byte.")] = 20,
    seed: Annotated[int, typer.Option(help="Another one than the evaluation's draws other cursors.")] = SEED,
) -> None:
    """Measure a model through the product; nothing is kept."""
    begun = time.perf_counter()
    texts = corpus.read(test)
    places = draw(texts, single=cursors, multiline=cursors // BLOCK_SHARE, seed=seed)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(variant(model, _values(profile)))
        scorers = {"model": Scorer(folder)}
        scores = score_files(texts, scorers, files)
        explained = score_docstrings(documented(texts, 2 * files, f"{SEED} explain"), scorers)
        methods = {"copying": copy_all(places)}
        methods["model"] = suggest_all(stack.enter_context(sandbox()), folder, places, _values(setting))
    console = Console(width=140)
    console.print(_table(methods))
    console.print("not shown:", statistics.hidden(methods["model"]), "ratio:", statistics.ratios(methods, "model"))
    for name, score in {**scores, "docstrings": explained}.items():
        figures = ", ".join(f"{value:.4f} {what}" for what, value in score.per_byte.items()) or "not asked"
        console.print(f"bits per byte, {name}: {figures} ({score.texts} texts, {score.size:,} bytes)")
    console.print(f"took {time.perf_counter() - begun:.0f} s")


def _values(pairs: list[str]) -> dict[str, object]:
    split = (pair.partition("=") for pair in pairs)
    return {key: json.loads(value) for key, _, value in split}


def _table(methods: statistics.Methods) -> Table:
    columns = ("exact", "firstLine", "similarity", "shown", "exactOfShown", "parsesOfShown", "p50Ms", "p95Ms")
    table = Table("cursors", "", "method", *columns)
    for part, by_method in statistics.rows(methods, every=False).items():
        for method, figures in by_method.items():
            shares = [_cell(figures[name], name) for name in columns]
            table.add_row(part, str(figures["cursors"]), method, *shares)
    return table


def _cell(value: float | None, name: str) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if name.endswith("Ms") else f"{value:.1%}"


if __name__ == "__main__":
    typer.run(main)
