"""What is shown to a reader unselected: completions around the cursor, explanations beside their docstrings."""

from __future__ import annotations

import random
from collections.abc import Sequence

from starter_training.evaluation.cursors import SEED
from starter_training.evaluation.docstrings import Documented
from starter_training.evaluation.measuring import Outcome

LINES_BEFORE = 6

Sample = dict[str, object]
"""Plain values, for JSON."""


def completions(outcomes: Sequence[Outcome], count: int) -> list[Sample]:
    """Return so many of the outcomes, drawn and not chosen."""
    drawn = random.Random(f"{SEED} completions").sample(list(outcomes), min(count, len(outcomes)))
    return [_completion(outcome) for outcome in drawn]


def _completion(outcome: Outcome) -> Sample:
    cursor, verdict = outcome.cursor, outcome.verdict
    return {
        "package": cursor.file.package,
        "path": cursor.file.path,
        "language": cursor.file.language,
        "kind": cursor.kind,
        "before": "\n".join(cursor.before.split("\n")[-LINES_BEFORE - 1 :]),
        "right": cursor.after.partition("\n")[0],
        "truth": cursor.truth,
        "suggestion": outcome.suggestion.text,
        "reason": outcome.suggestion.reason,
        "exact": verdict.exact,
        "firstLine": verdict.first_line,
        "parses": verdict.parses,
    }


def explanations(functions: Sequence[Documented], texts: Sequence[str]) -> list[Sample]:
    """Return functions with their docstrings and what the model says."""
    return [
        {
            "package": function.file.package,
            "path": function.file.path,
            "code": function.code,
            "docstring": function.docstring,
            "explanation": text,
        }
        for function, text in zip(functions, texts, strict=True)
    ]
