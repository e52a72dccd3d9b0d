"""How far a fetch has come, on the screen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from phi_ls.markdown_text import clean
from phi_providers.hub.progress import Progress as Step
from phi_providers.hub.progress import Report, Stage


@contextlib.contextmanager
def shown(console: Console) -> Iterator[Report]:
    """Give what a fetch reports to: bars on a terminal, else one line for each stage and each note."""
    if not console.is_terminal:
        yield _Lines(console).report
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=console) as progress:
        yield _Bars(progress).report


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage: Stage | None = None

    def report(self, step: Step) -> None:
        if step.note:
            self._console.print(Text(clean(step.note)))
        elif step.stage is not self._stage and step.total:
            self._stage = step.stage
            self._console.print(Text(step.stage.value))


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[Stage, TaskID] = {}

    def report(self, step: Step) -> None:
        if step.note:
            self._progress.console.print(Text(clean(step.note)))
        if step.stage is Stage.INSTALL and step.stage not in self._tasks:
            # Of no length that is known.
            self._tasks[step.stage] = self._progress.add_task(step.stage.value, total=None)
        if step.stage in (Stage.DOWNLOAD, Stage.VERIFY) and step.total:
            if step.stage not in self._tasks:
                self._tasks[step.stage] = self._progress.add_task(step.stage.value, total=step.total)
            self._progress.update(self._tasks[step.stage], completed=step.done, total=step.total)
