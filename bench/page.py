"""Writes docs/benchmarks.md from the latest results, so that the page says what was measured and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

_INTRODUCTION = """\
# Benchmarks

`make bench` (or `python -m bench`) takes all measurements in a few minutes, prints them, keeps them in
`bench/results/latest.json` and writes this page. `python -m bench --quick` is for trying a change and keeps nothing.

What is compared within a section was measured in one run, in turns where it matters. Between machines, and on a machine
that has other things to do, absolute figures mean little: look at the ratios, and at the load noted with each section.

The built-in model is very small (9 million weights): its times say what the server adds to an engine, not how
fast Phi-3 is. The scripted engine takes no time: what is left is the server's own.
"""


def write_page(latest: dict[str, Any]) -> None:
    """Write the page."""
    sections = [_INTRODUCTION, *("\n".join(_section(name, result)) for name, result in latest.items())]
    PAGE.write_text("\n".join(sections), "utf-8")


def _section(name: str, result: dict[str, Any]) -> Iterator[str]:
    machine = result["machine"]
    yield f"## {result['title']}\n\n`python -m bench {name}`\n"
    yield (
        f"{result['time'][:10]}, {machine['processor']}, {machine['cores']} cores, {machine['memoryGiB']} GiB, "
        f"{machine['system']}, Python {machine['python']}, OpenVINO GenAI {machine['versions']['openvino-genai']}; "
        f"load {machine['load']} before, {result['loadAtTheEnd']} after.\n"
    )
    yield "| figure | value | target | |\n|---|--:|--:|---|"
    for figure in result["figures"]:
        target = figure["target"]
        verdict = "" if target is None else "met" if figure["value"] <= target else "missed"
        goal = "" if target is None else f"≤ {target:g}"
        yield f"| {figure['name']} | {figure['value']:,.10g} {figure['unit']} | {goal} | {verdict} |"
    yield "\n" + "\n".join(f"- {note}" for note in result["notes"]) + "\n"
