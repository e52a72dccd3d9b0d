"""What `phi-ls doctor` prints for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from phi_ls.terminal.doctor import TELEMETRY, Answerer, Examination
from phi_ls.terminal.doctor_folders import FolderReport
from phi_providers.devices import Device


def show(found: Examination, console: Console | None = None) -> None:
    """Print the examination."""
    console = console or Console(highlight=False)
    for engine in found.engines:
        _section(console, f"Engine {engine.engine} {engine.version}", map(_device, engine.devices))
    _section(console, "Who answers", _answerers(found))
    _section(console, "Folders", [(folder.name, _folder(folder)) for folder in found.folders])
    _section(console, "Telemetry", [("", Text(TELEMETRY))])
    _section(console, "Versions", [(name, Text(version)) for name, version in found.versions.items()])
    if found.complaints:
        _section(console, "Your settings", [("", Text(complaint, style="red")) for complaint in found.complaints])
    console.print()
    console.print(_verdict(found))


def _section(console: Console, title: str, rows: Iterable[tuple[str, Text]]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=16)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(f"  {name}"), value)
    console.print()
    console.print(Text(title, style="bold"))
    console.print(table)


def _device(device: Device) -> tuple[str, Text]:
    if device.usable:
        return device.name, Text("works", style="green").append(f"  {device.reason}", style="default")
    told = Text("no", style="red").append(f"  {device.reason}", style="default")
    return device.name, told.append(f"\n→ {device.remedy}" if device.remedy else "", style="cyan")


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


def _verdict(found: Examination) -> Text:
    if found.works:
        return Text("phi-ls works here. `phi-ls demo` shows it.", style="bold green")
    return Text("No engine can run a model here; the lines above say what to do.", style="bold red")
