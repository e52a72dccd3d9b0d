"""From the start of the process to the server's first answer, and to the first suggestion."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from bench.buffer import Buffer
from bench.documents import long_module
from bench.editor import Editor
from bench.file_cache import evict
from bench.report import Report
from bench.sandbox import Sandbox

PAIRS = 12
COLD_RUNS = 3
RATIO = 1.5
FIRST_SUGGESTION_S = 3.0
GIVE_UP_S = 60.0


def measure(sandbox: Sandbox, *, pairs: int = PAIRS, cold_runs: int = COLD_RUNS) -> Report:
    """Start phi-ls and a bare pygls server in turns, then phi-ls up to a suggestion of the built-in model."""
    report = Report("Start")
    _initialize(sandbox.server), _initialize(sandbox.bare_server)  # fill the file cache
    ours, bare = [], []
    for _ in range(pairs):
        ours.append(_initialize(sandbox.server))
        bare.append(_initialize(sandbox.bare_server))
    report.add("phi-ls: process start to initialize answered, median", 1000 * median(ours), "ms")
    report.add("bare pygls server: the same, median", 1000 * median(bare), "ms")
    report.add("phi-ls: slowest", 1000 * max(ours), "ms")
    report.add("bare pygls server: slowest", 1000 * max(bare), "ms")
    report.add("ratio of medians", median(ours) / median(bare), "×", RATIO)
    warm = [_first_suggestion(sandbox) for _ in range(pairs // 2)]
    report.add("process start to first suggestion, median", median(warm), "s", FIRST_SUGGESTION_S)
    report.add("process start to first suggestion, slowest", max(warm), "s", FIRST_SUGGESTION_S)
    _cold(report, sandbox, cold_runs)
    report.notes.append(f"{pairs} pairs in turns; built-in model, a module of {len(long_module())} lines")
    return report


def _cold(report: Report, sandbox: Sandbox, runs: int) -> None:
    times, evicted = [], 0
    for _ in range(runs):
        evicted = evict()
        if evicted:
            times.append(_first_suggestion(sandbox))
    if times:
        report.add("the same, file cache emptied before, median", median(times), "s", FIRST_SUGGESTION_S)
        report.notes.append(
            f"cold: {evicted / 2**20:.0f} MiB of packages and model were dropped from the system's file cache; "
            "what a disk or a hypervisor keeps is out of reach"
        )
    else:
        report.notes.append("cold: this system does not let a process drop files from its cache")


def _initialize(start: Callable[[], Editor]) -> float:
    with start() as editor:
        seconds = editor.initialize()
        editor.shut_down()
    return seconds


def _first_suggestion(sandbox: Sandbox) -> float:
    """Open a document and ask right after `initialized`; the request waits while the model loads."""
    source = long_module()
    line = len(source) // 2
    with sandbox.server() as editor:
        editor.initialize({"inlineCompletion": {"minConfidence": 0}})
        buffer = Buffer(editor, sandbox.uri("base_events.py"), "\n".join([*source[:line], "", *source[line:]]), line)
        # The server answers without a suggestion after some seconds of loading; an editor asks again at the next key.
        while not buffer.ask().text and time.perf_counter() - editor.started < GIVE_UP_S:
            pass
        seconds = time.perf_counter() - editor.started
        editor.shut_down()
    return seconds
