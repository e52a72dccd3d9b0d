"""The charts of `phi-ls bench --chart`: first token, cold and cached, and tokens a second, for each engine and device.

Needs matplotlib, which `pip install 'phi-ls[charts]'` brings along; it is imported only to draw.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from phi_ls.benchmark.figures import Figure, Results, Row
from phi_ls.layers import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

SUFFIXES = (".png", ".svg", ".pdf")

COLD, CACHED, RATE = "#b3541e", "#1e6fb3", "#3f7d4e"
"""Told apart by people who do not see red and green alike, and in grey."""

MARGIN = 4
"""Factor on both sides of the points: room for their numbers, and for a power of ten on the scale at any rate."""

WIDTH_IN, HEAD_IN, ROW_IN = 12.0, 1.1, 0.42
DOTS_PER_INCH = 120


def refusal(file: Path) -> str:
    """Return why no chart could be written to this file, and what to do; empty when it can."""
    if file.suffix.lower() not in SUFFIXES:
        return f"{file.name} should end in {', '.join(SUFFIXES)}"
    if not file.absolute().parent.is_dir():
        return f"there is no folder {file.absolute().parent}"
    try:
        import matplotlib.figure  # noqa: F401  # half an installation would fail only after minutes of measuring
    except ImportError:
        return "drawing needs matplotlib; pip install 'phi-ls[charts]'"
    return _obstacle(file)


def _obstacle(file: Path) -> str:
    """Return why the file cannot be written, by opening it: nothing else tells on every system."""
    try:
        new = not file.exists()
        if not new and not file.is_file():
            return f"{file} is there already, and is no file"
        with file.open("ab"):
            pass
        if new:
            file.unlink()
    except OSError as exc:
        return f"{file} cannot be written: {exc.strerror or exc}"
    return ""


def draw(results: Results, file: Path) -> None:
    """Draw what was measured, a pair of charts for each model; raises OSError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    models = [(model, list(rows)) for model, rows in groupby(results.measured, key=lambda row: row.model)]
    heights = [HEAD_IN + ROW_IN * len(rows) for _, rows in models]
    # Not by pyplot: it keeps what it has drawn, and may look for a window system.
    picture = Picture(figsize=(WIDTH_IN, sum(heights) + 0.6), layout="constrained")
    FigureCanvasAgg(picture)
    grid = picture.add_gridspec(len(models), 2, width_ratios=(3, 2), height_ratios=heights)
    for index, (model, rows) in enumerate(models):
        latency = picture.add_subplot(grid[index, 0])
        _latency(latency, model, rows)
        _rates(picture.add_subplot(grid[index, 1], sharey=latency), rows)
    _caption(picture, results)
    picture.savefig(file, dpi=DOTS_PER_INCH)


def _latency(axes: Axes, model: str, rows: list[Row]) -> None:
    """Two points for each row on one line: their distance is what the cache saves, on a scale of ratios."""
    places = list(range(len(rows)))
    cold = [row.median("cold_ms") or 0.0 for row in rows]
    cached = [row.median("cached_ms") or 0.0 for row in rows]
    axes.hlines(places, cached, cold, color="0.75", linewidth=3, zorder=1)
    axes.scatter(cached, places, s=70, color=CACHED, marker="o", label="prompt in the cache", zorder=2)
    axes.scatter(cold, places, s=70, color=COLD, marker="D", label="new prompt", zorder=2)
    for place, left, right in zip(places, cached, cold, strict=True):
        outward = left <= right
        _label(axes, left, place, "right" if outward else "left")
        _label(axes, right, place, "left" if outward else "right")
    axes.set_xscale("log")
    least, most = min(cold + cached), max(cold + cached)
    axes.set_xlim(least / MARGIN, most * MARGIN)
    axes.set_yticks(places, [_name(row, rows) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("ms until the first token (logarithmic scale)")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.xaxis.set_minor_formatter(lambda *_: "")
    axes.set_title(f"{_literal(model)}: first token", loc="left", fontweight="bold")
    axes.legend(loc="lower center", bbox_to_anchor=(0.7, 1.0), ncols=2, frameon=False, fontsize="small")
    _plain(axes)


def _rates(axes: Axes, rows: list[Row]) -> None:
    places = list(range(len(rows)))
    values = [row.tokens_per_s or 0.0 for row in rows]
    axes.barh(places, values, color=RATE, height=0.55)
    for place, row in zip(places, rows, strict=True):
        axes.annotate(
            _number(row.tokens_per_s), (row.tokens_per_s or 0.0, place), (4, 0), textcoords="offset points", va="center"
        )
    axes.set_xlim(0, max(values, default=0.0) * 1.2 or 1.0)
    axes.tick_params(labelleft=False)
    axes.set_xlabel("tokens per second")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.set_title("writing", loc="left", fontweight="bold")
    _plain(axes)


def _label(axes: Axes, value: float, place: int, side: str) -> None:
    shift = -7 if side == "right" else 7
    axes.annotate(_number(value), (value, place), (shift, 0), textcoords="offset points", va="center", ha=side)


def _plain(axes: Axes) -> None:
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _caption(picture: Picture, results: Results) -> None:
    machine = results.machine
    lengths = sorted({int(row.median("prompt_tokens") or 0) for row in results.measured})
    told = " and ".join(map(str, lengths)) if len(lengths) < 3 else f"{lengths[0]} to {lengths[-1]}"
    where = f"{_literal(machine['processor'])}, {machine['cores']} cores, phi-ls {machine['phi_ls']}"
    text = f"{where}; prompts of {told} tokens, medians of {results.repeats}"
    picture.suptitle(text, x=0.01, ha="left", fontsize="medium", color="0.3")


def _name(row: Row, rows: list[Row]) -> str:
    """Return who a row is, with the length of its prompt where that tells it from another."""
    namesakes = [other for other in rows if other.title == row.title]
    title = _literal(row.title)
    return title if len(namesakes) == 1 else f"{title}, {row.median('prompt_tokens'):.0f} tokens"


def _literal(text: str) -> str:
    """Return the text as it is to be read: a formula between dollar signs that is none is an error of the drawing."""
    return printable(text).replace("$", r"\$")


def _number(value: Figure) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2g}"
