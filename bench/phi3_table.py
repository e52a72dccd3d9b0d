"""What the commands of `phi3_path` took, as a table for people and as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.watched import Watched
from phi_providers.export.needs import Room

GIGABYTE = 1000**3


@dataclass(kw_only=True)
class Step:
    """One command; bytes at its peaks, 0 for what is not known or was not estimated."""

    path: str
    name: str
    seconds: float
    processor_s: float
    rss: int
    pss: int
    own: int
    disk: int
    estimated_memory: int
    estimated_disk: int
    note: str = ""

    @staticmethod
    def of(path: str, name: str, took: Watched, estimate: Room | None) -> Step:
        """Return the step that a watched command was."""
        room = estimate or Room(disk=0, memory=0)
        return Step(
            path=path,
            name=name,
            seconds=took.seconds,
            processor_s=took.processor_s,
            rss=took.rss,
            pss=took.pss,
            own=took.own,
            disk=took.disk,
            estimated_memory=room.memory,
            estimated_disk=room.disk,
        )


def merged(runs: list[list[Step]]) -> list[dict[str, Any]]:
    """Return the steps with the median of the times and the largest of everything else."""
    return [_merged(list(same)) for same in zip(*runs, strict=True)]


def _merged(same: list[Step]) -> dict[str, Any]:
    peaks = {name: max(getattr(each, name) for each in same) for name in ("rss", "pss", "own", "disk")}
    seconds = [round(each.seconds, 2) for each in same]
    processor_s = round(median(each.processor_s for each in same), 2)
    return {**asdict(same[-1]), **peaks, "seconds": median(seconds), "processor_s": processor_s, "runs": seconds}


def show(report: dict[str, Any]) -> None:
    """Print the table."""
    machine = report["machine"]
    title = f"{report['layers']} of 32 layers, {report['runs']} runs; {machine['processor']}, {machine['cores']} cores"
    table = Table(title=title, title_justify="left", caption_justify="left", caption=CAPTION)
    for name in ("path", "command"):
        table.add_column(name)
    for name in ("s", "CPU s", "RSS", "PSS", "own", "asked for", "disk", "asked for"):
        table.add_column(name, justify="right")
    table.add_column("")
    for step in report["steps"]:
        sizes = [step[name] for name in ("rss", "pss", "own", "estimated_memory", "disk", "estimated_disk")]
        cells = [f"{size / GIGABYTE:.2f}" if size else "" for size in sizes]
        table.add_row(
            step["path"], step["name"], f"{step['seconds']:.1f}", f"{step['processor_s']:.1f}", *cells, step["note"]
        )
    Console(width=140).print(table)


CAPTION = (
    "CPU s: of all cores, in all processes. "
    "GB, at the peak of the command and all its children. RSS: all resident pages; PSS: shared ones by share; own: of "
    "these the ones that no file stands behind. Asked for: what `export` says that it takes."
)
