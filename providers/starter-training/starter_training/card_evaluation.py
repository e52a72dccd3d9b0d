"""The model card's tables of how good the model is, from the evaluation's results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starter_training.card_figures import Figures, percent
from starter_training.release_error import ReleaseError

PARTS = ("single line", "single line, Python", "single line, JavaScript/TypeScript", "block")

NAMES = {"model": "this model", "alone": "without repetitions", "pilot": "its predecessor", "copying": "copying"}

SHARES = {"exact": "exact", "shown": "shown", "exactOfShown": "exact of shown", "parsesOfShown": "parses of shown"}


def require_same_model(results: Figures, profile: Mapping[str, Any], weights: str) -> None:
    """Raise ReleaseError if the evaluation was of another model, or of this one with another profile."""
    if results.get("models", "model", "weights") != weights:
        raise ReleaseError("results.json is about other weights than these; run `make eval-starter` with this model")
    for name in ("context", "infill", "chat"):
        if results.raw("models", "model", name) != profile[name]:
            raise ReleaseError(
                f"results.json is about a model with another {name}; run `make eval-starter` with this one"
            )


def tables(results: Figures) -> str:
    """Return exact match, what is shown, and bits per byte."""
    return "\n".join([*_exact(results), "", *_ratios(results), "", *_shown(results), "", *_bits(results)])


def _exact(results: Figures) -> Iterator[str]:
    methods = list(results.get("suggestions", PARTS[0]))
    yield f"| exact match at | cursors | {' | '.join(NAMES[method] for method in methods)} |"
    yield f"|---|--:|{'--:|' * len(methods)}"
    for part in PARTS:
        shares = [percent(results.get("suggestions", part, method, "exact")) for method in methods]
        yield f"| {part} | {results.get('suggestions', part, 'model', 'cursors')} | {' | '.join(shares)} |"


def _ratios(results: Figures) -> Iterator[str]:
    for other in results.get("ratios"):
        ratio, low, high = (_times(results.raw("ratios", other, name)) for name in ("ratio", "low", "high"))
        yield f"- exact in a line: {ratio} times as often as {NAMES[other]} (95 % of resampled files: {low} to {high})"


def _shown(results: Figures) -> Iterator[str]:
    yield f"| this model at | {' | '.join(SHARES.values())} | ms, half | ms, 95 % |"
    yield f"|---|{'--:|' * (len(SHARES) + 2)}"
    for part in PARTS:
        shares = [percent(results.get("suggestions", part, "model", name)) for name in SHARES]
        times = [f"{results.get('suggestions', part, 'model', name):.0f}" for name in ("p50Ms", "p95Ms")]
        yield f"| {part} | {' | '.join([*shares, *times])} |"


def _bits(results: Figures) -> Iterator[str]:
    models = list(results.get("models"))
    yield f"| bits per byte | texts | {' | '.join(NAMES[model] for model in models)} |"
    yield f"|---|--:|{'--:|' * len(models)}"
    for group in results.get("bitsPerByte"):
        values = [f"{results.get('bitsPerByte', group, model):.3f}" for model in models]
        yield f"| {group} | {results.get('bitsPerByte', group, 'texts')} | {' | '.join(values)} |"
    if results.raw("models", "model", "chat"):
        results.get("docstringBitsPerByte", "model")
        scores = results.get("docstringBitsPerByte")
        row = [f"{scores[model]:.3f}" if model in scores else "not trained for it" for model in models]
        yield f"| docstrings, asked to explain | {scores['texts']} | {' | '.join(row)} |"


def _times(value: float | None) -> str:
    # JSON has no infinity: null is a ratio to a method that was never right.
    return "∞" if value is None else f"{value:.2f}"
