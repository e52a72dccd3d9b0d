"""The whole evaluation: the model under test, the pilot and copying, at the same cursors of the test packages."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from bench.machine import describe
from bench.sandbox import Sandbox, sandbox

from phi_providers.models.installed import from_folder
from phi_providers.models.manifest import ModelError
from starter_training.evaluation import corpus, pages, samples, statistics
from starter_training.evaluation.bits import Scorer
from starter_training.evaluation.cursors import SEED, Cursor, draw
from starter_training.evaluation.docstrings import documented
from starter_training.evaluation.fetching import fetch
from starter_training.evaluation.measuring import (
    CONSOLE,
    Outcome,
    Score,
    copy_all,
    explain_all,
    score_docstrings,
    score_files,
    suggest_all,
)
from starter_training.evaluation.models import NoPilot, pilot, variant, weights_hash
from starter_training.evaluation.product import WrongModel
from starter_training.places import RECIPE, RELEASED, REPOSITORY

MODEL, ALONE, PILOT, COPYING = "model", "alone", "pilot", "copying"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is measured."""

    cursors: int
    blocks: int
    files: int
    """Of each language, for bits per byte."""
    docstrings: int
    completions: int = 40
    explanations: int = 30


def main(
    model: Annotated[Path, typer.Option(help="Folder of the model under test.")] = RELEASED,
    cursors: Annotated[int, typer.Option(help="Cursors in a line, over all kinds.")] = 600,
    blocks: Annotated[int, typer.Option(help="Cursors in an empty body.")] = 100,
    files: Annotated[int, typer.Option(help="Files of each language for bits per byte.")] = 40,
    docstrings: Annotated[int, typer.Option(help="Docstrings for bits per byte.")] = 100,
    test: Annotated[Path, typer.Option("--corpus", help="The test corpus.")] = corpus.TEST,
    results: Annotated[Path, typer.Option(help="Folder for results.json.")] = RECIPE / "evaluation",
    docs: Annotated[Path, typer.Option(help="Folder for the pages.")] = REPOSITORY / "docs",
) -> None:
    """Measure how good the built-in model is; writes the figures and the pages that show them."""
    try:
        plan = Plan(cursors=cursors, blocks=blocks, files=files, docstrings=docstrings)
        if test == corpus.TEST:
            fetch()
        found = evaluate(model, test, plan)
    except (corpus.NoCorpus, ModelError, WrongModel) as exc:
        CONSOLE.print(str(exc), style="red")
        raise typer.Exit(2) from exc
    results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (results / "results.json").write_text(text, "utf-8", newline="\n")
    for name, page in pages.all_pages(found).items():
        (docs / name).write_text(page, "utf-8", newline="\n")
        CONSOLE.print(f"written: {docs / name}", highlight=False)
    CONSOLE.print(pages.summary(found), highlight=False, soft_wrap=True)


def evaluate(model: Path, test: Path, plan: Plan) -> dict[str, Any]:
    """Return all figures and samples, as plain values."""
    begun = time.perf_counter()
    machine = describe()
    files = corpus.read(test)
    cursors = draw(files, single=plan.cursors, multiline=plan.blocks)
    folders = _folders(model)
    scorers = {name: Scorer(folder) for name, folder in folders.items()}
    scores = score_files(files, scorers, plan.files)
    explained = score_docstrings(documented(files, plan.docstrings, f"{SEED} explain"), scorers)
    with sandbox() as box, variant(model, {"calibration": []}) as alone:
        asked = {MODEL: model, ALONE: alone, **folders}
        methods = {name: suggest_all(box, folder, cursors) for name, folder in asked.items()}
        told = _explanations(box, model, files, plan)
    methods[COPYING] = copy_all(cursors)
    return {
        "time": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - begun),
        "machine": machine,
        "loadAtTheEnd": round(psutil.getloadavg()[0], 2),
        "seed": SEED,
        "models": {name: _described(folder) for name, folder in folders.items()},
        "corpus": _corpus(test, files, cursors),
        **_suggestions(methods),
        "bitsPerByte": {group: _score(score) for group, score in scores.items()},
        "docstringBitsPerByte": _score(explained),
        "completions": samples.completions(methods[MODEL], plan.completions),
        "explanations": told,
    }


def _folders(model: Path) -> dict[str, Path]:
    folders = {MODEL: model}
    with contextlib.suppress(NoPilot):
        folders[PILOT] = pilot()
    if PILOT not in folders:
        CONSOLE.print("the pilot is not in this checkout's history: it is left out (`git fetch --unshallow`)")
    return folders


def _explanations(box: Sandbox, model: Path, files: Sequence[corpus.SourceFile], plan: Plan) -> list[samples.Sample]:
    # Other functions than those for bits per byte: drawn first, they do not depend on how many those are.
    functions = documented(files, plan.explanations, f"{SEED} explanations")
    return samples.explanations(functions, explain_all(box, model, functions))


def _suggestions(methods: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    return {
        "suggestions": statistics.rows(methods),
        "ratios": statistics.ratios(methods, MODEL),
        "hidden": {name: statistics.hidden(outcomes) for name, outcomes in methods.items()},
    }


def _described(folder: Path) -> dict[str, Any]:
    info = from_folder(folder)
    profile = {name: getattr(info, name) for name in ("context", "infill", "header", "chat", "precision")}
    return {"id": info.id, "weights": weights_hash(folder), **profile}


def _corpus(test: Path, files: Sequence[corpus.SourceFile], cursors: Sequence[Cursor]) -> dict[str, Any]:
    packages = {
        group: sorted({file.package for file in files if file.group == group})
        for group in corpus.GROUPS
        if any(file.group == group for file in files)
    }
    digest = hashlib.sha256(test.read_bytes()).hexdigest()
    return {"sha256": digest, "files": len(files), "packages": packages, "cursors": len(cursors)}


def _score(score: Score) -> dict[str, Any]:
    values = {name: round(value, 4) for name, value in score.per_byte.items()}
    return {"texts": score.texts, "bytes": score.size, **values}
