"""`phi-ls status`: what the running servers are doing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psutil
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from phi_ls.device_load import Meter
from phi_ls.status_file import running_servers
from phi_ls.terminal import output
from phi_ls.terminal.status_screen import machine_view, servers_view

REFRESH_S = 1.0


def run(*, as_json: bool, watch: bool) -> int:
    """Print the status of all servers of this user; 1 when none runs."""
    if watch:
        _watch(_write_json if as_json else None)
        return 0
    servers = running_servers()
    if as_json:
        _write_json(servers)
    else:
        Console(highlight=False).print(servers_view(servers))
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
    hint = Text("\nEvery second; Ctrl-C ends.", style="bright_black")
    with Live(console=Console(highlight=False), auto_refresh=False) as live:
        while True:
            servers = running_servers()
            pids = [pid for worker in _workers(servers) if (pid := _measured_now(worker))]
            live.update(Group(servers_view(servers), machine_view(meter.look(pids)), hint), refresh=True)
            if pause.wait(REFRESH_S):
                return


def _watch_lines(write: Callable[[list[dict[str, Any]]], None]) -> None:
    pause = threading.Event()
    write(last := running_servers())
    while not pause.wait(REFRESH_S):
        if (servers := running_servers()) != last:
            write(last := servers)


def _workers(servers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for server in servers:
        yield from server.get("status", {}).get("workers", [])


def _measured_now(worker: dict[str, Any]) -> int | None:
    """Put the memory that a worker takes at this moment into its status, which is as old as the last change; return
    its process id."""
    pid: int | None = worker.get("pid")
    if pid is None:
        return None
    try:
        worker["residentBytes"] = psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return None
    return pid
