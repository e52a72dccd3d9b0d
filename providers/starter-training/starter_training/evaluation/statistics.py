"""From outcomes at cursors to shares, and how sure the ratios between methods are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from bench.report import percentile

from starter_training.evaluation.candidates import BODY, SINGLE_KINDS
from starter_training.evaluation.corpus import GROUPS
from starter_training.evaluation.cursors import SEED, Cursor
from starter_training.evaluation.measuring import Outcome

Methods = Mapping[str, Sequence[Outcome]]
"""Method → its outcomes, at the same cursors in the same order."""

RESAMPLES = 4000


def row(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the figures of one method at some cursors; shares from 0 to 1."""
    verdicts = [outcome.verdict for outcome in outcomes]
    shown = [verdict for verdict in verdicts if verdict.shown]
    times = [outcome.suggestion.ms for outcome in outcomes]
    return {
        "cursors": len(verdicts),
        "exact": _share(verdict.exact for verdict in verdicts),
        "firstLine": _share(verdict.first_line for verdict in verdicts),
        "similarity": round(sum(verdict.similarity for verdict in verdicts) / len(verdicts), 4),
        "shown": _share(verdict.shown for verdict in verdicts),
        "exactOfShown": _share(verdict.exact for verdict in shown),
        "parsesOfShown": _share(verdict.parses for verdict in shown),
        "p50Ms": round(percentile(times, 0.5), 1),
        "p95Ms": round(percentile(times, 0.95), 1),
    }


def _share(flags: Any) -> float | None:
    found = [bool(flag) for flag in flags]
    return round(sum(found) / len(found), 4) if found else None


def rows(methods: Methods, *, every: bool = True) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the figures for the parts of the cursors that have any: part → method → figures.

    `every`: also for each kind in each language.
    """
    found = {}
    for name, belongs in {**_parts(), **(_small_parts() if every else {})}.items():
        part = {method: [each for each in outcomes if belongs(each.cursor)] for method, outcomes in methods.items()}
        if all(part.values()):
            found[name] = {method: row(outcomes) for method, outcomes in part.items()}
    return found


def _parts() -> dict[str, Callable[[Cursor], bool]]:
    parts: dict[str, Callable[[Cursor], bool]] = {
        "single line": lambda cursor: not cursor.is_multiline,
        **{f"single line, {group}": _part(SINGLE_KINDS, group) for group in GROUPS},
        **{kind: _part([kind], *GROUPS) for kind in SINGLE_KINDS},
        "block": _part([BODY], *GROUPS),
        **{f"block, {group}": _part([BODY], group) for group in GROUPS},
    }
    return parts


def _small_parts() -> dict[str, Callable[[Cursor], bool]]:
    return {f"{kind}, {group}": _part([kind], group) for kind in SINGLE_KINDS for group in GROUPS}


def _part(kinds: Sequence[str], *groups: str) -> Callable[[Cursor], bool]:
    return lambda cursor: cursor.kind in kinds and cursor.file.group in groups


def hidden(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how often nothing was shown for each reason, the commonest first."""
    reasons = Counter(each.suggestion.reason for each in outcomes if not each.verdict.shown)
    return dict(reasons.most_common())


def ratios(methods: Methods, first: str) -> dict[str, dict[str, float | None]]:
    """Return the ratio of the single-line exact matches of one method to each other's, with 95 % intervals."""
    return {
        other: _ratio(_by_file(methods[first]), _by_file(outcomes))
        for other, outcomes in methods.items()
        if other != first
    }


def _by_file(outcomes: Sequence[Outcome]) -> list[int]:
    counts: dict[tuple[str, str], int] = {}
    for each in outcomes:
        key = (each.cursor.file.package, each.cursor.file.path)
        counts[key] = counts.get(key, 0) + (each.verdict.exact and not each.cursor.is_multiline)
    return list(counts.values())


def _ratio(first: Sequence[int], second: Sequence[int]) -> dict[str, float | None]:
    """Return the ratio of two sums over the same files, and the bootstrap interval over files."""
    choose = np.random.default_rng(SEED)
    drawn = choose.integers(len(first), size=(RESAMPLES, len(first)))
    above, below = np.array(first)[drawn].sum(axis=1), np.array(second)[drawn].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = np.nanpercentile(above / below, (2.5, 97.5), method="nearest") if above.any() else (0.0, 0.0)
    whole = sum(first) / sum(second) if sum(second) else math.inf
    return {"ratio": _finite(whole), "low": _finite(low), "high": _finite(high)}


def _finite(value: float) -> float | None:
    """Return the value for JSON, which has no infinity."""
    return round(float(value), 3) if math.isfinite(value) else None
