"""What `phi-ls status` shows of the running servers."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from phi_ls.device_load import DeviceLoad
from phi_ls.markdown_text import clean

NOBODY = "no server is running; an editor starts one when it opens a file"
UNKNOWN = "–"
BAR_WIDTH = 20

STYLES = {"normal": "green", "busy": "cyan", "warning": "yellow", "error": "red"}


def servers_view(servers: list[dict[str, Any]]) -> RenderableType:
    """Return all servers, one below the other; of another version, they may lack some of what is shown."""
    if not servers:
        return Text(NOBODY)
    return Group(*(_server(server, first=server is servers[0]) for server in servers))


def machine_view(loads: list[DeviceLoad]) -> RenderableType:
    """Return how busy each processor is, as far as the system tells."""
    table = Table.grid(padding=(0, 2))
    for load in loads:
        bar = Text("") if load.busy is None else ProgressBar(total=1.0, completed=load.busy, width=BAR_WIDTH)
        busy = "" if load.busy is None else f"{load.busy:4.0%} busy"
        table.add_row(Text(f"  {clean(load.name)}"), bar, Text(busy), Text(_memory(load)))
    return Group(Text(), Text("This machine", style="bold"), table)


def _server(server: dict[str, Any], *, first: bool) -> RenderableType:
    status = server.get("status", {})
    kind = str(status.get("kind", "?"))
    title = Text(f"Server {server['pid']}  ", style="bold")
    title.append(clean(f"{kind}: {status.get('message', '')}"), style=f"not bold {STYLES.get(kind, 'default')}")
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=12)
    table.add_column(overflow="fold")
    for name, value in _rows(status):
        table.add_row(Text(f"  {name}"), Text(clean(value)))
    parts: list[RenderableType] = [title, table]
    if workers := status.get("workers"):
        parts += [Text(), _workers(workers)]
    return Group(*([] if first else [Text()]), *parts)


def _rows(status: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("model", f"{status.get('model') or 'none'} on {_device(status)}"),
        *([("typing", _typing(typing))] if (typing := status.get("typing")) else []),
        ("suggestions", _suggestions(status)),
        ("latency", _latency(status)),
        ("waiting", _counted(status.get("queue", 0), "request")),
        *(("keeps", kept) for worker in status.get("workers", []) if (kept := _kept(worker))),
    ]


def _typing(typing: dict[str, str]) -> str:
    reason = f" ({typing['reason']})" if typing.get("reason") else ""
    return f"{typing.get('model')} on {typing.get('device')}{reason}"


def _device(status: dict[str, Any]) -> str:
    reason = f" ({status['deviceReason']})" if status.get("deviceReason") else ""
    return f"{status.get('device') or status.get('requestedDevice') or '?'}{reason}"


def _suggestions(status: dict[str, Any]) -> str:
    hits, shown = status.get("suggestionHits", 0), status.get("suggestions", 0)
    if not shown:
        return "none shown yet"
    return f"{shown} shown, {hits} of them ({hits / shown:.0%}) from the cache, without the model"


def _kept(worker: dict[str, Any]) -> str:
    """Return how much of prompts a worker keeps warm; empty if it does not say."""
    if not worker.get("kvTokens"):
        return ""
    megabytes = worker.get("kvBytes", 0) / 2**20
    return f"{_short(worker['kvTokens'])} tokens of prompts in up to {megabytes:.0f} MB ({worker.get('model')})"


def _latency(status: dict[str, Any]) -> str:
    if status.get("p50Ms") is None:
        return UNKNOWN
    return f"half within {status['p50Ms']:.0f} ms, 95 % within {status['p95Ms']:.0f} ms"


def _workers(workers: list[dict[str, Any]]) -> RenderableType:
    """Return a line for each worker: what it does, how fast it writes, how much of the prompts it had in its cache."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bright_black", pad_edge=False)
    table.add_column("worker", overflow="fold")
    table.add_column("state")
    for name in ("tokens/s", "at load", "prefix cached", "requests", "memory"):
        table.add_column(name, justify="right")
    for worker in workers:
        table.add_row(*(Text(clean(cell)) for cell in _cells(worker)))
    return Padding(table, (0, 0, 0, 2))


def _cells(worker: dict[str, Any]) -> list[str]:
    prompt, decode_ms = worker.get("promptTokens"), worker.get("decodeMsPerToken")
    return [
        f"{worker.get('engine', '?')} on {worker.get('device', '?')}",
        str(worker.get("state", "?")),
        _speed(worker.get("tokensPerS")),
        _speed(1000 / decode_ms if decode_ms else None),
        f"{worker.get('tokensReused', 0) / prompt:.0%} of {_short(prompt)}" if prompt else UNKNOWN,
        str(worker.get("requests", UNKNOWN)),
        f"{worker.get('residentBytes', 0) / 2**20:.0f} MB",
    ]


def _speed(tokens_per_s: float | None) -> str:
    if tokens_per_s is None:
        return UNKNOWN
    return f"{tokens_per_s:.1f}" if tokens_per_s < 10 else f"{tokens_per_s:.0f}"


def _short(count: int) -> str:
    return str(count) if count < 10_000 else f"{count / 1000:.0f}k"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _memory(load: DeviceLoad) -> str:
    if load.memory_used is None:
        return ""
    total = f" of {load.memory_total / 2**30:.1f}" if load.memory_total else ""
    return f"{load.memory_used / 2**30:.1f}{total} GB in use"
