"""What is seen while an environment is made: what is being done, for how long, and how much there is of it already."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from phi_ls.markdown_text import clean
from phi_providers.environments.kept import size_of
from phi_providers.sizes import MEGABYTE


@contextlib.contextmanager
def shown(console: Console, folder: Path) -> Iterator[Callable[[str], None]]:
    """Give what takes the lines to show: each on a line of its own, or one line that moves where that can be."""
    if not console.is_terminal:
        yield lambda line: console.print(Text(clean(line)))
        return
    words = TextColumn(
        "{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
    )
    with Progress(
        SpinnerColumn(), words, TimeElapsedColumn(), _OnDisk(folder), console=console, transient=True, expand=True
    ) as progress:
        task = progress.add_task("beginning", total=None)
        yield lambda line: progress.update(task, description=clean(line))


class _OnDisk(ProgressColumn):
    """The size of a folder: it grows while a long download says nothing."""

    max_refresh = 2.0

    def __init__(self, folder: Path) -> None:
        super().__init__(table_column=Column(no_wrap=True))
        self._folder = folder

    def render(self, _task: Task) -> Text:
        """Return what the column shows."""
        return Text(f"{size_of(self._folder) / MEGABYTE:,.0f} MB")
