"""The replay's figures as Markdown, put between two marks of a page, so that it says what was measured and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.typing_replay.figures import COMPUTED, IN_PLACE, LIMITS, SAVED
from bench.typing_replay.output import cell

BEGIN, END = "<!-- typing replay: begin -->", "<!-- typing replay: end -->"
COLUMNS = {
    "answered, share of keys": "answered",
    "answer with a suggestion, p50 ms": "p50 ms",
    "answer with a suggestion, p95 ms": "p95 ms",
    "answer with a suggestion, p99 ms": "p99 ms",
    "without a new generation, share of answers": "without a new generation",
    IN_PLACE: "tokens reused in one place",
    COMPUTED: "prompt tokens computed",
    "tokens generated per character typed": "tokens written per character",
    "characters saved, share of the text": "characters saved",
    SAVED: "of those without gates and budgets",
    "replaced while it fitted": "flicker",
    "worker, processor s": "processor s",
}
"""What the page shows of each configuration: figure → head of its column."""


class NoPlace(Exception):
    """The page has no marks between which the figures go."""


def insert(body: Mapping[str, Any], page: Path) -> None:
    """Write the figures between the page's marks; raises NoPlace."""
    text = page.read_text("utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise NoPlace(f"{page.name} lacks '{BEGIN}' and '{END}', each on a line of its own")
    page.write_text(f"{head}{BEGIN}\n\n{markdown(body)}\n{END}{tail}", "utf-8", newline="\n")


def markdown(body: Mapping[str, Any]) -> str:
    """Return the tables of a run."""
    configurations = body["configurations"]
    first, *_ = configurations
    tables = (
        _compared(configurations),
        _held_to(configurations[first]["figures"]),
        _reasons(configurations[first]["unanswered"]),
    )
    return "\n".join([_conditions(body), *("\n".join(table) + "\n" for table in tables)])


def _conditions(body: Mapping[str, Any]) -> str:
    machine = body["machine"]
    peer = f"; {body['peer']}" if body["peer"] else ""
    keys = f", {body['keysPerPassage']} keys of each passage" if body["keysPerPassage"] else ""
    return (
        f"{body['time'][:10]}, {machine['processor']}, {machine['cores']} cores, {machine['memoryGiB']} GiB, "
        f"{machine['system']}, OpenVINO GenAI {machine['versions']['openvino-genai']}{peer}; model: {body['model']}; "
        f"{len(body['traces'])} traces{keys}, medians of {body['runs']}; load {machine['load']} before.\n"
    )


def _compared(configurations: Mapping[str, Any]) -> Iterator[str]:
    yield f"| | {' | '.join(COLUMNS.values())} |"
    yield f"|---|{'--:|' * len(COLUMNS)}"
    for name, each in configurations.items():
        yield f"| {name} | {' | '.join(cell(each['figures'][row]) for row in COLUMNS)} |"


def _held_to(figures: Mapping[str, float | None]) -> Iterator[str]:
    yield "| figure | value | limit | |\n|---|--:|--:|---|"
    for row, (sign, limit) in LIMITS.items():
        value = figures[row]
        if value is not None:
            met = value <= limit if sign == "≤" else value >= limit
            yield f"| {row} | {cell(value)} | {sign} {limit:g} | {'met' if met else 'missed'} |"


def _reasons(unanswered: Mapping[str, float]) -> Iterator[str]:
    yield "| why a key had no suggestion | share of all keys |\n|---|--:|"
    for reason, share in unanswered.items():
        yield f"| {reason} | {cell(share)} |"
