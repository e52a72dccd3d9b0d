"""The replay's JSON, table and picture."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.typing_replay.figures import LIMITS, Figures, compared, latencies, medians, unanswered
from bench.typing_replay.records import Played

Results = Mapping[str, Sequence[Sequence[Played]]]
"""The runs of each configuration, by its name; each run has played all traces."""

DOTS_PER_INCH = 120


def show(results: Results) -> None:
    """Print a column for each configuration: its figures, and why keys had no suggestion."""
    found = compared({name: medians(runs) for name, runs in results.items()})
    table = _table("Typing, replayed", "figure", found)
    table.add_column("limit", justify="right")
    for row in next(iter(found.values())):
        sign, limit = LIMITS.get(row, ("", 0.0))
        table.add_row(row, *(cell(each[row]) for each in found.values()), f"{sign} {limit:g}" if sign else "")
    why = {name: unanswered(_flat(runs)) for name, runs in results.items()}
    reasons = _table("Keys without a suggestion, and why; shares of all keys", "reason", why)
    for row in dict.fromkeys(name for each in why.values() for name in each):
        reasons.add_row(row, *(cell(each.get(row, 0.0)) for each in why.values()))
    console = Console(width=70 + 14 * len(found))
    console.print(table)
    console.print(reasons)


def summary(results: Results, run: Mapping[str, Any], *, keys: bool) -> dict[str, Any]:
    """Return all figures, of the whole and of each language; `keys`: and every key, whose texts are others' source."""
    found = compared({name: medians(runs) for name, runs in results.items()})
    return {
        "time": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        **run,
        "configurations": {
            name: {
                "figures": found[name],
                "unanswered": unanswered(_flat(runs)),
                "languages": by_language(runs),
                **({"traces": [asdict(each) for run in runs for each in run]} if keys else {}),
            }
            for name, runs in results.items()
        },
    }


def keep(body: Mapping[str, Any], file: Path) -> None:
    """Write the figures."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")


def by_language(runs: Sequence[Sequence[Played]]) -> dict[str, Figures]:
    """Return the figures of each language's traces."""
    languages = sorted({each.language for each in runs[0]})
    return {name: medians([[each for each in run if each.language == name] for run in runs]) for name in languages}


def draw(results: Results, file: Path) -> None:
    """Draw for each configuration which share of all keys had its suggestion within so many milliseconds."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    # Not by pyplot: it keeps what it has drawn, and may look for a window system.
    picture = Picture(figsize=(10, 6), layout="constrained")
    FigureCanvasAgg(picture)
    axes = picture.add_subplot()
    for number, (name, runs) in enumerate(results.items()):
        played = _flat(runs)
        times = sorted(latencies(played))
        keys = sum(len(each.keys) for each in played)
        shares = [100 * (place + 1) / keys for place in range(len(times))]
        style = "-" if name == "all" else ("--", ":", "-.")[number % 3]
        axes.step(times, shares, style, where="post", label=name, linewidth=2.5 if name == "all" else 1.2)
    axes.set_xscale("log")
    axes.set_ylim(0, 100)
    axes.set_xlabel("ms from the key to its answer (logarithmic scale)")
    axes.set_ylabel("% of all keys answered with a suggestion")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.grid(color="0.9")
    axes.legend(frameon=False)
    picture.savefig(file, dpi=DOTS_PER_INCH)


def cell(value: float | None) -> str:
    """Return a figure with three digits that count."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _table(title: str, first: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(first)
    for name in columns:
        table.add_column(name, justify="right")
    return table


def _flat(runs: Sequence[Sequence[Played]]) -> list[Played]:
    return [played for run in runs for played in run]
