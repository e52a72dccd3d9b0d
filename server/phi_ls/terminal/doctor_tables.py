"""One engine on the screen of `phi-ls doctor`: its devices in a short table, what to do below it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from phi_ls.markdown_text import clean
from phi_ls.terminal.doctor_fit import Fit
from phi_providers.devices import Device, EngineReport

NAMES_WIDTH = 16
SHOWN_PACKAGES = 2
"""Of an engine, its most telling ones first; `--json` has all."""


def engine_table(engine: EngineReport, fit: Fit) -> RenderableType:
    """Return the engine with its devices, what could be done, and what must be known."""
    works = any(device.usable for device in engine.devices)
    parts: list[RenderableType] = [_title(engine), _devices(engine.devices)]
    if remedies := _remedies(engine, fit):
        parts.append(remedies)
    misfit = fit.engines.get(engine.engine)
    if works and misfit:
        parts.append(_line(f"not for the model {fit.model}: {misfit}", "bright_black"))
    if engine.note:
        parts.append(_line(engine.note, "yellow"))
    return Group(*parts)


def _title(engine: EngineReport) -> Text:
    packages = ", ".join(f"{name} {version}" for name, version in list(engine.packages.items())[:SHOWN_PACKAGES])
    return Text(engine.engine, style="bold").append(f"  {clean(packages)}", style="not bold bright_black")


def _devices(devices: Iterable[Device]) -> Table:
    """Return a row for each device, or for neighbours of which the same is to be said."""
    table = _grid()
    table.add_column(width=5)
    table.add_column(overflow="fold")
    for (usable, told), group in itertools.groupby(devices, lambda device: (device.usable, _told(device))):
        names = ", ".join(device.name for device in group)
        state = Text("works", style="green") if usable else Text("no", style="bright_black")
        table.add_row(Text(f"  {names}"), state, Text(told))
    return table


def _told(device: Device) -> str:
    """Return what a device is or why it is none, its memory and its driver."""
    memory = f"{device.memory_bytes / 2**30:.0f} GB of memory" if device.memory_bytes else ""
    driver = f"driver {device.driver}" if device.driver else ""
    return clean(", ".join(filter(None, (device.reason, memory, driver))))


def _remedies(engine: EngineReport, fit: Fit) -> Table | None:
    """Return what can be done, each thing once, with the devices that it would bring."""
    found: dict[str, list[str]] = {}
    for device in engine.devices:
        misfit = fit.devices.get((engine.engine, device.name), "")
        remedy = f"not for the model {fit.model}: {misfit}" if misfit else device.remedy
        if remedy:
            found.setdefault(remedy, []).append(device.name)
    if not found:
        return None
    table = _grid()
    table.add_column(width=1)
    table.add_column(overflow="fold", style="cyan")
    alone = len(engine.devices) == sum(map(len, found.values())) and len(found) == 1
    for remedy, names in found.items():
        table.add_row(Text("" if alone else f"  for {', '.join(names)}"), Text("→", "cyan"), Text(clean(remedy)))
    return table


def _grid() -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(min_width=NAMES_WIDTH)
    return table


def _line(text: str, style: str) -> RenderableType:
    return Padding(Text(clean(text), style=style), (0, 0, 0, 2))
