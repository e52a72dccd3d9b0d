"""`phi-ls status`: what the running servers are doing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from phi_ls.status_file import running_servers
from phi_ls.terminal import output
from phi_ls.terminal.device_load import DeviceLoad, Meter

REFRESH_S = 1.0

NOBODY = "no server is running; an editor starts one when it opens a file"


def run(*, as_json: bool, watch: bool) -> int:
    """Print the status of all servers of this user; 1 when none runs."""
    if watch:
        _watch(_write_json if as_json else None)
        return 0
    servers = running_servers()
    if as_json:
        _write_json(servers)
    else:
        Console(highlight=False).print(_shown(servers))
    return 0 if servers else 1


def _write_json(servers: list[dict[str, Any]]) -> None:
    output.write(json.dumps(servers) + "\n")


def _watch(write: Callable[[list[dict[str, Any]]], None] | None) -> None:
    """Show it, or write a line whenever it has changed, until Ctrl-C."""
    try:
        if write is None:
            _watch_live()
        else:
            _watch_lines(write)
    except KeyboardInterrupt:
        return


def _watch_live() -> None:
    pause, meter = threading.Event(), Meter()
    with Live(console=Console(highlight=False), auto_refresh=False) as live:
        while True:
            servers = running_servers()
            live.update(Group(_shown(servers), _machine(meter.look(_workers(servers)))), refresh=True)
            if pause.wait(REFRESH_S):
                return


def _watch_lines(write: Callable[[list[dict[str, Any]]], None]) -> None:
    pause = threading.Event()
    write(last := running_servers())
    while not pause.wait(REFRESH_S):
        if (servers := running_servers()) != last:
            write(last := servers)


def _shown(servers: list[dict[str, Any]]) -> RenderableType:
    return Group(*map(_table, servers)) if servers else Text(NOBODY)


def _workers(servers: list[dict[str, Any]]) -> list[int]:
    """Return the process ids of all workers."""
    workers = [worker for server in servers for worker in server.get("status", {}).get("workers", [])]
    return [worker["pid"] for worker in workers if worker.get("pid")]


def _machine(loads: list[DeviceLoad]) -> Table:
    """Return how busy each processor is, as far as the system tells."""
    table = Table.grid(padding=(0, 2))
    for load in loads:
        busy = "" if load.busy is None else f"{load.busy:4.0%} busy"
        table.add_row(Text(f"  {load.name}"), Text(busy), Text(_memory(load)))
    table.title, table.title_justify = Text("This machine", style="bold"), "left"
    return table


def _memory(load: DeviceLoad) -> str:
    if load.memory_used is None:
        return ""
    total = f" of {load.memory_total / 2**30:.1f}" if load.memory_total else ""
    return f"{load.memory_used / 2**30:.1f}{total} GB in use"


def _table(server: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=12)
    table.add_column(overflow="fold")
    for name, value in _rows(server.get("status", {})):
        table.add_row(Text(f"  {name}"), Text(value))
    table.title, table.title_justify = Text(f"Server {server['pid']}", style="bold"), "left"
    return table


def _rows(status: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is shown; a server of another version may lack some of it."""
    memory = sum(worker.get("residentBytes", 0) for worker in status.get("workers", []))
    return [
        ("state", f"{status.get('kind', '?')}: {status.get('message', '')}"),
        ("model", f"{status.get('model') or 'none'} on {_device(status)}"),
        ("suggestions", f"{status.get('suggestionHits', 0)} from the cache, {_latency(status)}"),
        ("tokens", f"{status.get('tokensReused', 0)} of {status.get('promptTokens', 0)} reused"),
        ("memory", f"{memory / 2**20:.0f} MB in {len(status.get('workers', []))} worker(s)"),
    ]


def _device(status: dict[str, Any]) -> str:
    reason = f" ({status['deviceReason']})" if status.get("deviceReason") else ""
    return f"{status.get('device') or status.get('requestedDevice') or '?'}{reason}"


def _latency(status: dict[str, Any]) -> str:
    if status.get("p50Ms") is None:
        return "none shown yet"
    return f"half within {status['p50Ms']:.0f} ms, 95 % within {status['p95Ms']:.0f} ms"
