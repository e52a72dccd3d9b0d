"""A table for people and a JSON file for the next comparison."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bench.page import write_page
from bench.report import Figure, Report

LATEST = Path(__file__).parent / "results" / "latest.json"


def show(report: Report) -> None:
    """Print the figures."""
    table = Table(title=report.title, title_justify="left", title_style="bold")
    table.add_column("figure")
    for name in ("value", "target", ""):
        table.add_column(name, justify="right")
    for figure in report.figures:
        target = "" if figure.target is None else f"≤ {figure.target:g}"
        table.add_row(figure.name, f"{figure.value:,.10g} {figure.unit}".rstrip(), target, _verdict(figure))
    console = Console(width=110)
    console.print(table)
    for note in report.notes:
        console.print(f"  · {note}", style="dim", highlight=False)
    console.print()


def keep(reports: dict[str, Report], machine: dict[str, object]) -> None:
    """Write the figures into the file of the latest results; those of other measurements stay, with their dates."""
    latest = json.loads(LATEST.read_text("utf-8")) if LATEST.is_file() else {}
    now = dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
    after = round(psutil.getloadavg()[0], 2)
    for name, report in reports.items():
        latest[name] = {"time": now, "machine": machine, "loadAtTheEnd": after, **asdict(report)}
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps(latest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    write_page(latest)


def _verdict(figure: Figure) -> str:
    return {None: "", True: "[green]met[/]", False: "[red]missed[/]"}[figure.met]
