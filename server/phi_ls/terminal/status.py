"""`phi-ls status`: what the running servers are doing."""

from __future__ import annotations

import json
import threading
from typing import Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from phi_ls.status_file import running_servers

REFRESH_S = 1.0


def run(*, as_json: bool, watch: bool) -> int:
    """Print the status of all servers of this user; 1 when none runs."""
    servers = running_servers()
    if as_json:
        typer.echo(json.dumps(servers))
    elif watch:
        _watch()
    elif servers:
        Console().print(_table(servers))
    else:
        typer.echo("no server is running; an editor starts one when it opens a file")
    return 0 if servers or watch else 1


def _watch() -> None:
    pause = threading.Event()
    try:
        with Live(_table(running_servers())) as live:
            while not pause.wait(REFRESH_S):
                live.update(_table(running_servers()))
    except KeyboardInterrupt:
        return


def _table(servers: list[dict[str, Any]]) -> Table:
    table = Table("pid", "state", "model", "device", "hits", "tokens reused", "p50", "p95", "memory", box=None)
    for server in servers:
        status = server["status"]
        memory = sum(worker["residentBytes"] for worker in status["workers"])
        table.add_row(
            str(server["pid"]),
            f"{status['kind']}: {status['message']}",
            status["model"],
            _device(status),
            str(status["suggestionHits"]),
            f"{status['tokensReused']} of {status['promptTokens']}",
            _milliseconds(status["p50Ms"]),
            _milliseconds(status["p95Ms"]),
            f"{memory / 2**20:.0f} MB",
        )
    return table


def _device(status: dict[str, Any]) -> str:
    reason = f" ({status['deviceReason']})" if status["deviceReason"] else ""
    return f"{status['device'] or status['requestedDevice']}{reason}"


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ms"
