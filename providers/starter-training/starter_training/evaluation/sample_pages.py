"""The pages for reading: completions and explanations as they came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from phi_ls.prompts.wording import fence, fence_name

CURSOR = "▌"

_COMPLETIONS = """\
# {count} completions, unselected

Drawn by a seeded generator from the cursors of [the evaluation](starter-evaluation.md), good and bad: what the built-in
model `{model}` suggests in files that it has not been trained on. `{cursor}` is the cursor. `make eval-starter` writes
this page.

{right} of {count} are right, {shown} are shown.
"""

_EXPLANATIONS = """\
# {count} explanations, unselected

What the built-in model `{model}` says when it is asked to explain a function whose docstring has been taken out, beside
the first paragraph of that docstring. Drawn by a seeded generator from [the test packages](starter-evaluation.md).
`make eval-starter` writes this page.
"""


def completions_page(samples: Sequence[dict[str, Any]], model: str) -> str:
    """Return the page of completions."""
    right, shown = (sum(bool(sample[name]) for sample in samples) for name in ("exact", "suggestion"))
    head = _COMPLETIONS.format(count=len(samples), model=model, cursor=CURSOR, right=right, shown=shown)
    return "\n".join([head, *(line for at, sample in enumerate(samples, 1) for line in _completion(at, sample))])


def _completion(number: int, sample: dict[str, Any]) -> Iterator[str]:
    yield f"## {number}. {sample['kind']}: {_verdict(sample)}\n"
    yield f"`{sample['path']}` ({sample['package']})\n"
    yield from _fenced(f"{sample['before']}{CURSOR}{sample['right']}", sample["language"])
    if sample["suggestion"]:
        yield "Suggested:\n"
        yield from _fenced(sample["suggestion"], sample["language"])
    if not sample["exact"]:
        yield "Written:\n"
        yield from _fenced(sample["truth"], sample["language"])


def _verdict(sample: dict[str, Any]) -> str:
    if not sample["suggestion"]:
        return f"nothing shown ({sample['reason']})"
    if sample["exact"]:
        return "right"
    first = "first line right, " if sample["firstLine"] else ""
    return f"not what was written, {first}{'parses' if sample['parses'] else 'does not parse'}"


def _fenced(text: str, language: str) -> Iterator[str]:
    mark = fence(text)
    yield f"{mark}{fence_name(language)}\n{text}\n{mark}\n"


def explanations_page(samples: Sequence[dict[str, Any]], model: str) -> str:
    """Return the page of explanations."""
    head = _EXPLANATIONS.format(count=len(samples), model=model)
    return "\n".join([head, *(line for at, sample in enumerate(samples, 1) for line in _explanation(at, sample))])


def _explanation(number: int, sample: dict[str, Any]) -> Iterator[str]:
    yield f"## {number}. `{sample['path']}` ({sample['package']})\n"
    yield from _fenced(sample["code"], "python")
    yield "| docstring | explanation |\n|---|---|"
    yield f"| {_cell(sample['docstring'])} | {_cell(sample['explanation'])} |\n"


def _cell(text: str) -> str:
    """Return a text for a cell of a table, as it is: no Markdown in it takes effect but what ends the cell."""
    lines = [" ".join(line.split()) for line in text.replace("\\", "\\\\").replace("|", "\\|").split("\n")]
    escaped = [line.replace("<", "&lt;") for line in lines if line]
    return "<br>".join(escaped) or "(nothing)"
