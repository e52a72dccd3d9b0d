"""The measurements themselves: suggestions at all cursors, bits per byte, explanations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.sandbox import Sandbox
from rich.console import Console
from rich.progress import track

from phi_ls.prompts.family import explain_parts
from phi_ls.prompts.fim import header
from starter_training.evaluation.bits import Scorer, common_beginning
from starter_training.evaluation.copying import copied
from starter_training.evaluation.corpus import GROUPS, SourceFile, spread
from starter_training.evaluation.cursors import SEED, Cursor
from starter_training.evaluation.docstrings import Documented
from starter_training.evaluation.judging import Verdict, judge
from starter_training.evaluation.product import Suggestion, product

_T = TypeVar("_T")

WITH_HEADER = ", file named"
"""Behind a model's name: its score for texts below the line that names their file."""

CONSOLE = Console(stderr=True)
"""Progress; what was found goes to stdout and into files."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one method did at one cursor."""

    cursor: Cursor
    suggestion: Suggestion
    verdict: Verdict


def suggest_all(
    box: Sandbox, folder: Path, cursors: Sequence[Cursor], settings: Mapping[str, object] | None = None
) -> list[Outcome]:
    """Ask the product at every cursor, with the model in this folder; `settings` beside the defaults."""
    with product(box, folder, settings or {}) as running:
        return [_outcome(cursor, running.suggest(cursor)) for cursor in _track(cursors, f"cursors, {folder.name}")]


def copy_all(cursors: Sequence[Cursor]) -> list[Outcome]:
    """Return what copying suggests at every cursor."""
    texts = map(copied, cursors)
    found = [Suggestion(text=text, reason="shown" if text else "no other place", ms=0.0) for text in texts]
    return list(map(_outcome, cursors, found))


def _outcome(cursor: Cursor, suggestion: Suggestion) -> Outcome:
    return Outcome(cursor=cursor, suggestion=suggestion, verdict=judge(cursor, suggestion.text))


@dataclass(frozen=True, kw_only=True)
class Score:
    """Bits that each model needs for the same texts."""

    texts: int
    size: int
    """Bytes of UTF-8."""
    bits: dict[str, float]

    @property
    def per_byte(self) -> dict[str, float]:
        """Bits per byte, by model."""
        return {name: bits / self.size for name, bits in self.bits.items()} if self.size else {}


def score_files(files: Sequence[SourceFile], scorers: Mapping[str, Scorer], count: int) -> dict[str, Score]:
    """Return the score of so many files of each language, as far as all models can take them in.

    A model that was trained with the file's name above its text has a second score, with it.
    """
    scores: dict[str, Score] = {}
    for group in GROUPS:
        chosen = spread(files, group, f"{SEED} bits {group}")[:count]
        bits, size = defaultdict[str, float](float), 0
        for file in _track(chosen, f"bits per byte, {group}"):
            text = common_beginning(file.text, list(scorers.values()))
            size += len(text.encode())
            for name, scorer in scorers.items():
                bits[name] += scorer.bits(text)
                if scorer.model.header:
                    bits[f"{name}{WITH_HEADER}"] += scorer.bits(text, header(file.path, file.language))
        if chosen:
            scores[group] = Score(texts=len(chosen), size=size, bits=dict(bits))
    return scores


def score_docstrings(functions: Sequence[Documented], scorers: Mapping[str, Scorer]) -> Score:
    """Return the score of docstrings as answers to the product's question about their functions.

    Only models that were trained to answer are asked.
    """
    bits = {name: 0.0 for name, scorer in scorers.items() if scorer.model.chat}
    for function in _track(functions, "bits per byte, docstrings") if bits else ():
        for name in bits:
            parts = explain_parts(scorers[name].model, function.subject, "en")
            bits[name] += scorers[name].answer_bits(parts, function.docstring)
    size = sum(len(function.docstring.encode()) for function in functions)
    return Score(texts=len(functions), size=size, bits=bits)


def explain_all(box: Sandbox, folder: Path, functions: Sequence[Documented]) -> list[str]:
    """Return the product's explanation of each function."""
    with product(box, folder, {}) as running:
        return [
            running.explain(each.file.path, each.file.language, each.text, (each.first, each.last + 1))
            for each in _track(functions, "explanations")
        ]


def _track(things: Sequence[_T], what: str) -> Iterable[_T]:
    return track(things, what, console=CONSOLE, disable=not CONSOLE.is_terminal)
