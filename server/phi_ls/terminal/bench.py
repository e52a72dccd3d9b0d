"""`phi-ls bench`: how fast the engines, devices and precisions of this machine are."""

from __future__ import annotations

import asyncio
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import typer
from rich.console import Console

from phi_ls import __version__, logs
from phi_ls.benchmark.candidates import Candidate, candidates, inquiries
from phi_ls.benchmark.figures import LeftOut, Results, as_object
from phi_ls.benchmark.measure import Effort, measure_all
from phi_ls.benchmark.prompts import Prompts, salt
from phi_ls.options import OPTIONS, BadValue
from phi_ls.plan import ENGINES
from phi_ls.settings import resolve, user_file
from phi_ls.terminal import output
from phi_ls.terminal.bench_chart import refusal
from phi_ls.terminal.bench_progress import Progress
from phi_providers.devices import EngineReport, probe
from phi_providers.models.forms import FoundModel, builtin, find
from phi_providers.models.manifest import ModelError

MEASURED, NOTHING_MEASURED, INTERRUPTED = 0, 3, 130
"""Exit codes; 2, a usage error, is typer's."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the command line asks for; nothing named means everything that can run here."""

    engines: Sequence[str] = ()
    devices: Sequence[str] = ()
    models: Sequence[str] = ()
    prompt_tokens: Sequence[int] = ()
    tokens: int = 64
    repeats: int = 5
    chart: Path | None = None


def run(wanted: Wanted, *, as_json: bool) -> int:
    """Measure, print, draw; returns the exit code. Ctrl-C ends the measuring: what there is by then is printed.

    Raises typer.BadParameter, before anything is measured.
    """
    models = _checked(wanted)
    # What the pool warns of, a worker that ended, is in the table.
    logs.set_up(level="error")
    results = Results(machine=_machine(), tokens=wanted.tokens, repeats=wanted.repeats)
    with Progress() as progress:
        try:
            found, results.left_out = _found(wanted, models, progress)
            asyncio.run(measure_all(found, _effort(wanted), results.rows, progress.say))
        except KeyboardInterrupt:
            results.interrupted = True
    _show(results, wanted.chart, as_json=as_json)
    if results.interrupted:
        return INTERRUPTED
    return MEASURED if results.measured else NOTHING_MEASURED


def _checked(wanted: Wanted) -> list[FoundModel]:
    """Return the models; raises typer.BadParameter for what cannot be meant."""
    if wanted.chart is not None and (problem := refusal(wanted.chart)):
        raise typer.BadParameter(f"--chart: {problem}")
    for engine in wanted.engines:
        if engine not in ENGINES:
            raise typer.BadParameter(f"there is no engine '{engine}'; known are {', '.join(ENGINES)}")
    for device in wanted.devices:
        _check_device(device)
    return [_model(name) for name in wanted.models or ("auto",)]


def _check_device(name: str) -> None:
    try:
        OPTIONS["device"].check(name)
    except BadValue as exc:
        raise typer.BadParameter(f"--device {exc}") from exc


def _found(wanted: Wanted, models: list[FoundModel], progress: Progress) -> tuple[list[Candidate], list[LeftOut]]:
    """Return what is to be measured and what not."""
    reports: list[EngineReport] = []
    if not wanted.devices:
        progress.say("looking for devices")
        reports = probe(inquiries(wanted.engines))
    layer, _ = user_file()
    settings, _ = resolve([layer] if layer else [])
    return candidates(models, wanted.engines, wanted.devices, reports, settings)


def _model(name: str) -> FoundModel:
    """Return the built-in model, or the one in a folder."""
    try:
        stand_in = builtin()
        return stand_in if name in ("auto", stand_in.info.id) else find(Path(name).expanduser().absolute())
    except ModelError as exc:
        raise typer.BadParameter(str(exc)) from exc


def _effort(wanted: Wanted) -> Effort:
    lengths = tuple(dict.fromkeys(wanted.prompt_tokens))
    return Effort(prompt_tokens=lengths, tokens=wanted.tokens, repeats=wanted.repeats, prompts=Prompts(salt()))


def _show(results: Results, chart: Path | None, *, as_json: bool) -> None:
    if as_json:
        output.write(json.dumps(as_object(results)) + "\n")
    else:
        from phi_ls.terminal.bench_screen import show

        show(results, Console(highlight=False))
    if chart is not None:
        _draw(results, chart)


def _draw(results: Results, chart: Path) -> None:
    """Draw what was measured; where that fails, the figures have been printed all the same."""
    if not results.measured:
        output.note("there is nothing to draw a chart of")
        return
    from phi_ls.terminal.bench_chart import draw

    try:
        draw(results, chart)
    except OSError as exc:
        output.note(f"the chart could not be written to {chart}: {exc.strerror or exc}")
    else:
        output.note(f"the chart is in {chart}")


def _machine() -> dict[str, object]:
    return {
        "phi_ls": __version__,
        "system": platform.platform(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": psutil.cpu_count(logical=False) or psutil.cpu_count() or 1,
        "memory_bytes": psutil.virtual_memory().total,
    }


def _processor() -> str:
    """Return the processor's name: Linux keeps it in a file, where Python does not look."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
