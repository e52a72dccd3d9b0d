"""The pages of the evaluation, made from its results alone: figures, completions, explanations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starter_training.evaluation.measuring import WITH_HEADER
from starter_training.evaluation.sample_pages import completions_page, explanations_page

FIGURES, COMPLETIONS, EXPLANATIONS = "starter-evaluation.md", "completions.md", "explanations.md"

Results = Mapping[str, Any]

_INTRODUCTION = """\
# How good the built-in model is

`make eval-starter` takes these figures and writes this page, [the completions](completions.md) and
[the explanations](explanations.md); the figures in full are in `providers/starter-training/evaluation/results.json`.

Every figure is taken in files of packages that the model has not been trained on, nor any other version of them.
The cursors are drawn, not chosen: at each, the file lacks what was written there and is otherwise whole. One server is
asked through `textDocument/inlineCompletion`, as an editor does after a key, filters and settings at their defaults.

- **exact**: accepting the suggestion restores the file up to the end of the line (for blocks: the whole file); trailing
  blanks do not count. What is wrong or not shown is not exact.
- **similarity**: 1 less the edit distance as a share of the longer text; 0 where nothing is shown.
- **parses**: the file has no more syntax errors with the suggestion than with what was written.
- **ms**: from opening a file of which nothing is known until the answer; while somebody types in it, most of the
  prompt is known already.
- **alone** is the model without its second opinion: where it is less often right than the document repeats itself, the
  product suggests the repetition.
- **copying** is no model: it looks in the whole file for the longest other occurrence of the text in front of the
  cursor and suggests what follows there.
- **pilot** is the model that was built in before, through the same product.
- **bits per byte** of files from their beginning, as far as the smaller context reaches, without the product; and of
  docstrings as answers to the product's question what a function does (–: the model was not trained to answer).
"""


def all_pages(results: Results) -> dict[str, str]:
    """Return the pages by their file names."""
    return {
        FIGURES: "\n".join(_figures(results)),
        COMPLETIONS: completions_page(results["completions"], results["models"]["model"]["id"]),
        EXPLANATIONS: explanations_page(results["explanations"], results["models"]["model"]["id"]),
    }


def summary(results: Results) -> str:
    """Return the main figures in a few lines."""
    return "\n".join([*_exact_table(results), *_ratios(results), *_bits(results)])


def _figures(results: Results) -> Iterator[str]:
    yield _INTRODUCTION
    yield from _circumstances(results)
    yield "\n## Exact match\n"
    yield from _exact_table(results)
    yield ""
    yield from _ratios(results)
    yield "\n## What is shown\n"
    yield from _shown_table(results)
    yield ""
    yield from _hidden(results)
    yield "\n## Bits per byte\n"
    yield from _bits(results)
    yield ""


def _circumstances(results: Results) -> Iterator[str]:
    machine, corpus = results["machine"], results["corpus"]
    yield (
        f"{results['time'][:10]}, {machine['processor']}, {machine['cores']} cores, {machine['system']}, Python "
        f"{machine['python']}, OpenVINO GenAI {machine['versions']['openvino-genai']}; load {machine['load']} before, "
        f"{results['loadAtTheEnd']} after; {results['seconds']} s.\n"
    )
    for name, model in results["models"].items():
        yield f"- {name}: `{model['id']}`, weights `{model['weights'][:16]}`, {_yes_no(model)}"
    yield f"- {corpus['cursors']} cursors, seed {results['seed']}; {corpus['files']} files, `{corpus['sha256'][:16]}`"
    for group, packages in corpus["packages"].items():
        yield f"- {group}: {', '.join(packages)}"


def _yes_no(model: Mapping[str, Any]) -> str:
    names = ("infill", "header", "chat")
    return ", ".join(f"{name} {'yes' if model[name] else 'no'}" for name in names)


def _exact_table(results: Results) -> Iterator[str]:
    methods = _methods(results)
    yield f"| cursors | | {' | '.join(methods)} |"
    yield f"|---|--:|{'--:|' * len(methods)}"
    for part, figures in results["suggestions"].items():
        yield _exact_row(part, [figures[method] for method in methods], "exact")
        if part.startswith("block"):
            yield _exact_row(f"{part}: its first line", [figures[method] for method in methods], "firstLine")


def _exact_row(part: str, figures: list[dict[str, Any]], name: str) -> str:
    return f"| {part} | {figures[0]['cursors']} | {' | '.join(_percent(each[name]) for each in figures)} |"


def _methods(results: Results) -> list[str]:
    return list(next(iter(results["suggestions"].values())))


def _ratios(results: Results) -> Iterator[str]:
    for other, ratio in results["ratios"].items():
        low, high = _number(ratio["low"]), _number(ratio["high"])
        yield (
            f"- exact in a line, model / {other}: **{_number(ratio['ratio'])}** "
            f"(95 % of resampled files: {low} to {high})"
        )


def _shown_table(results: Results) -> Iterator[str]:
    yield "| cursors | method | shown | exact of shown | parses of shown | similarity | ms, half | ms, 95 % |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for part, figures in results["suggestions"].items():
        for method, each in figures.items():
            shares = [_percent(each[name]) for name in ("shown", "exactOfShown", "parsesOfShown", "similarity")]
            times = [f"{each[name]:.0f}" if each[name] else "" for name in ("p50Ms", "p95Ms")]
            yield f"| {part} | {method} | {' | '.join([*shares, *times])} |"


def _hidden(results: Results) -> Iterator[str]:
    for method, reasons in results["hidden"].items():
        if reasons:
            yield f"- {method}, nothing shown: {', '.join(f'{reason} {count}' for reason, count in reasons.items())}"


def _bits(results: Results) -> Iterator[str]:
    scores = {**results["bitsPerByte"], "docstrings, asked to explain": results["docstringBitsPerByte"]}
    named = [f"{name}{WITH_HEADER}" for name in results["models"]]
    plain = results["bitsPerByte"].values()
    models = [*results["models"], *(name for name in named if any(name in score for score in plain))]
    yield f"| bits per byte | texts | bytes | {' | '.join(models)} | model to pilot |"
    yield f"|---|--:|--:|{'--:|' * (len(models) + 1)}"
    for name, score in scores.items():
        values = [f"{score[model]:.3f}" if model in score else "–" for model in models]
        yield f"| {name} | {score['texts']} | {score['bytes']:,} | {' | '.join(values)} | {_change(score)} |"


def _change(score: Mapping[str, float]) -> str:
    if not {"model", "pilot"} <= score.keys():
        return ""
    return f"{score['model'] / score['pilot'] - 1:+.1%}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "∞" if value is None else f"{value:.2f}"
