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
    pause = threading.Event()
    with Live(_shown(running_servers()), console=Console(highlight=False), auto_refresh=False) as live:
        while not pause.wait(REFRESH_S):
            live.update(_shown(running_servers()), refresh=True)


def _watch_lines(write: Callable[[list[dict[str, Any]]], None]) -> None:
    pause = threading.Event()
    write(last := running_servers())
    while not pause.wait(REFRESH_S):
        if (servers := running_servers()) != last:
            write(last := servers)


def _shown(servers: list[dict[str, Any]]) -> RenderableType:
    return Group(*map(_table, servers)) if servers else Text(NOBODY)


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
