"""What `phi-ls doctor` prints for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from phi_ls.terminal.doctor import TELEMETRY, Answerer, Examination
from phi_ls.terminal.doctor_folders import FolderReport
from phi_ls.terminal.doctor_tables import engine_table

PACKAGES_APART = ("interpreter", "system")


@contextmanager
def waiting() -> Iterator[Callable[[list[str]], None]]:
    """Give what shows on a terminal which engines have not answered yet; says nothing elsewhere."""
    with Console(stderr=True, highlight=False).status(Text("Asking the engines …")) as shown:
        yield lambda engines: shown.update(Text(f"Asking the engines: waiting for {', '.join(engines)} …"))


def show(found: Examination, console: Console | None = None) -> None:
    """Print the examination."""
    console = console or Console(highlight=False)
    for engine in found.engines:
        console.print()
        console.print(engine_table(engine, found.fit))
    _section(console, "Who answers", _answerers(found))
    _section(console, "Folders", [(folder.name, _folder(folder)) for folder in found.folders])
    _paragraph(console, "Telemetry", Text(TELEMETRY))
    _paragraph(console, "Versions", _versions(found.versions))
    if found.complaints:
        _paragraph(console, "Your settings", *(Text(complaint, style="red") for complaint in found.complaints))
    console.print()
    console.print(_verdict(found))


def _section(console: Console, title: str, rows: Iterable[tuple[str, Text]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=16)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(f"  {name}"), value)
    _titled(console, title, table)


def _paragraph(console: Console, title: str, *texts: Text) -> None:
    _titled(console, title, Padding(Group(*texts), (0, 0, 0, 2)))


def _titled(console: Console, title: str, content: RenderableType) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    console.print(content)


def _answerers(found: Examination) -> list[tuple[str, Text]]:
    rows = [("while you type", Text(_who(found.typing))), ("when you ask", Text(_who(found.asking)))]
    notes = dict.fromkeys(note for note in (found.typing.note, found.asking.note) if note)
    return rows + [("", Text(note, style="yellow")) for note in notes]


def _who(answerer: Answerer) -> str:
    return f"{answerer.model} on {answerer.device} ({answerer.engine})" if answerer.model else "nobody"


def _folder(folder: FolderReport) -> Text:
    told = Text(folder.path)
    if folder.problem:
        return told.append(f"\n{folder.problem}", style="red")
    return told if folder.exists else told.append(" (not there yet)", style="bright_black")


def _versions(versions: dict[str, str]) -> Text:
    packages = [f"{name} {version}" for name, version in versions.items() if name not in PACKAGES_APART]
    return Text("\n".join([", ".join(packages), *(versions[name] for name in PACKAGES_APART if name in versions)]))


def _verdict(found: Examination) -> Text:
    if found.answers:
        return Text("phi-ls works here. `phi-ls demo` shows it.", style="bold green")
    if found.works:
        return Text("An engine works here, but not for this model with these settings; see above.", style="bold red")
    return Text("No engine can run a model here; the lines above say what to do.", style="bold red")
