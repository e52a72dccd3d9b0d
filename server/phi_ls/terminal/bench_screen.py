"""What `phi-ls bench` prints for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from phi_ls.benchmark.figures import Figure, Results, Row
from phi_ls.layers import printable
from phi_providers.device_names import same_device

WIDE = 118
"""Columns of a terminal from which on the table has the less important ones, too."""

NOTHING = "–"

TOLERANCE = 0.1
"""Share by which prompts may be longer or shorter than was asked for: they consist of whole lines."""


@dataclass(frozen=True)
class _Column:
    title: str
    cell: Callable[[Row], str]
    justify: JustifyMethod = "right"
    wide: bool = False
    """Only where there is room."""


def show(results: Results, console: Console) -> None:
    """Print a table for each model, what failed, and what was left out."""
    machine = results.machine
    console.print(Text(f"{machine['processor']}, {machine['cores']} cores, {_gigabytes(machine['memory_bytes'])}"))
    columns = _columns(results, wide=console.width >= WIDE)
    for model, rows in groupby(results.rows, key=lambda row: row.model):
        console.print()
        console.print(Text(printable(model), style="bold"))
        console.print(_table(columns, list(rows)))
    failed = [(row.title, row.failure) for row in results.rows if row.failure]
    _list(console, "Not measured, or not to the end", failed, "red")
    _list(console, "Not on the device that was asked for", list(filter(None, map(_moved, results.rows))), "")
    cut = list(filter(None, map(_of_another_length, results.rows)))
    _list(console, "Not with prompts of the length that was asked for", cut, "")
    _list(console, "Left out", [(each.what, each.reason) for each in results.left_out], "")
    console.print()
    if results.measured:
        console.print(Text(_legend(results), style="bright_black"))
    if results.interrupted:
        console.print(Text("Interrupted: these are the figures by then.", style="yellow"))


def _columns(results: Results, *, wide: bool) -> list[_Column]:
    """Return the columns that there is room for; the prompt's length comes first where there are several."""
    if wide:
        return list(_COLUMNS)
    varied = len({row.wanted_tokens for row in results.rows}) > 1
    return [each for each in _COLUMNS if not each.wide and each is not (_PREFILL if varied else _PROMPT)]


def _table(columns: list[_Column], rows: list[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    for column in columns:
        table.add_column(Text(column.title), justify=column.justify, no_wrap=True, vertical="bottom")
    for row in rows:
        style = "" if row.samples else "bright_black"
        table.add_row(*(Text(column.cell(row), style=style) for column in columns))
    return table


def _list(console: Console, title: str, lines: list[tuple[str, str]], style: str) -> None:
    if not lines:
        return
    console.print()
    console.print(Text(title, style="bold"))
    for what, why in dict.fromkeys(lines):
        console.print(Text(f"  {printable(what, 200)}: ").append(printable(why, 500), style=style))


def _legend(results: Results) -> str:
    return (
        f"Medians of {results.repeats}, {results.tokens} tokens written each time. cold: first token of a new prompt; "
        "cached: of the same prompt with a few tokens more. load: from the start of the process until it is warm. "
        "memory: of the process, files of the model that are mapped included."
    )


def _ms(value: Figure) -> str:
    """Return milliseconds with the digits that mean something."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _whole(value: Figure) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def _rate(value: Figure) -> str:
    return NOTHING if value is None else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def _seconds(ms: Figure) -> str:
    return NOTHING if ms is None else f"{ms / 1000:.1f}"


def _megabytes(size: Figure) -> str:
    return NOTHING if size is None else f"{size / 2**20:,.0f}"


def _gigabytes(size: float) -> str:
    return f"{size / 2**30:.1f} GB"


def _reused(row: Row) -> str:
    reused, prompt = row.median("cached_tokens_reused"), row.median("cached_prompt_tokens")
    return NOTHING if reused is None or prompt is None else f"{reused:.0f}/{prompt:.0f}"


def _moved(row: Row) -> tuple[str, str] | None:
    """Return why a row is not one of the device that was asked for by name."""
    same = row.requested_device in ("auto", "") or same_device(row.requested_device, row.device)
    return None if same or not row.device else (f"{row.title}, not {row.requested_device}", row.device_reason)


def _of_another_length(row: Row) -> tuple[str, str] | None:
    """Return how long the prompts of a row were where that is not what was asked for: few fit into a context."""
    found = row.median("prompt_tokens")
    if found is None or abs(found - row.wanted_tokens) <= TOLERANCE * row.wanted_tokens:
        return None
    return f"{row.title}, prompts of {row.wanted_tokens:,} tokens", f"they had {found:,.0f}, which the figures are for"


_PROMPT = _Column("prompt\ntokens", lambda row: _whole(row.median("prompt_tokens")))
_PREFILL = _Column("prefill\nper s", lambda row: _rate(row.prefill_tokens_per_s))

_COLUMNS = (
    _Column("engine", lambda row: row.engine, "left"),
    _Column("device", lambda row: row.device or row.requested_device, "left"),
    _Column("stored\nas", lambda row: row.precision, "left"),
    _PROMPT,
    _Column("cold\nms", lambda row: _ms(row.median("cold_ms"))),
    _Column("cached\nms", lambda row: _ms(row.median("cached_ms"))),
    _Column("tokens\nreused", _reused, wide=True),
    _Column("ms per\ntoken", lambda row: _ms(row.median("ms_per_token"))),
    _Column("tokens\nper s", lambda row: _rate(row.tokens_per_s)),
    _PREFILL,
    _Column("load\ns", lambda row: _seconds(row.load_ms)),
    _Column("memory\nMB", lambda row: _megabytes(row.resident_bytes)),
    _Column("at most\nMB", lambda row: _megabytes(row.peak_bytes), wide=True),
    _Column("device\nMB", lambda row: _megabytes(row.device_bytes), wide=True),
)
