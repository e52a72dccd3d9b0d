"""What the server and its worker hold in memory, and of what the worker's share consists."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench.alone import ROOT
from bench.buffer import Buffer
from bench.documents import long_module, of_length
from bench.editor import Editor
from bench.process import MIB, Usage, usage_of
from bench.report import Report
from bench.sandbox import Sandbox
from bench.suggestion import keys_of

DOCUMENTS = 50
DOCUMENT_LINES = 1000
SUGGESTIONS = 200
SERVER_MIB = 150.0
FEWER_BLOCKS = 64
"""A quarter of the built-in model's KV pool, to see what the pool takes."""


def measure(sandbox: Sandbox, *, suggestions: int = SUGGESTIONS) -> Report:
    """Open one document, then fifty; ask for suggestions; load the worker's parts one by one in another process."""
    report = Report("Memory")
    source = long_module()
    line = len(source) // 2
    with sandbox.server() as editor:
        editor.initialize({"inlineCompletion": {"minConfidence": 0}})
        buffer = Buffer(editor, sandbox.uri("typed.py"), "\n".join([*source[:line], "", *source[line:]]), line)
        buffer.ask()
        server, worker = _usages(editor)
        _enter(report, "server, 1 document", server, SERVER_MIB)
        _enter(report, "worker, after the first suggestion", worker)
        _open_many(sandbox, editor)
        _enter(report, f"server, {DOCUMENTS} documents", _usages(editor)[0], SERVER_MIB)
        _type(buffer, source, suggestions)
        after_server, after_worker = _usages(editor)
        _enter(report, f"server, after {suggestions} more keys", after_server, SERVER_MIB)
        _enter(report, f"worker, after {suggestions} more keys", after_worker)
        report.add("worker: growth", (after_worker.rss - worker.rss) / MIB, "MiB")
        editor.shut_down()
    stages, fewer = _stages(sandbox), _stages(sandbox, FEWER_BLOCKS)
    for stage in stages:
        report.add(f"worker, by parts: {stage['name']}", stage["bytes"] / MIB, "MiB")
    difference = (_total(stages) - _total(fewer)) / MIB
    report.add(f"worker: all that with a KV pool of {FEWER_BLOCKS} blocks takes less by", difference, "MiB")
    report.notes += [
        f"{DOCUMENTS} documents of {DOCUMENT_LINES:,} lines; RSS counts shared pages whole, PSS by share, USS not",
        "by parts: what RSS grows by at each stage of loading, in a process that does what the worker does",
    ]
    return report


def worker_pid(editor: Editor) -> int:
    """Return the worker's process id."""
    workers = editor.command("phi-ls.status")["workers"]
    return int(workers[0]["pid"])


def _usages(editor: Editor) -> tuple[Usage, Usage]:
    return usage_of(editor.process.pid), usage_of(worker_pid(editor))


def _enter(report: Report, name: str, usage: Usage, target: float | None = None) -> None:
    report.add(f"{name}: RSS", usage.rss / MIB, "MiB", target)
    if usage.pss:
        report.add(f"{name}: PSS", usage.pss / MIB, "MiB")
    report.add(f"{name}: USS", usage.uss / MIB, "MiB")


def _open_many(sandbox: Sandbox, editor: Editor) -> None:
    text = "\n".join(of_length(DOCUMENT_LINES))
    for number in range(1, DOCUMENTS):
        # The text differs from file to file, as it does in life: nothing can be shared.
        Buffer(editor, sandbox.uri(f"open_{number}.py"), f"# {number}\n{text}", 0)
    editor.command("phi-ls.status")


def _type(buffer: Buffer, source: list[str], suggestions: int) -> None:
    left = suggestions
    for key in keys_of(source[len(source) // 2 :]):
        if left and key:
            buffer.type(key)
            left -= 1


def _stages(sandbox: Sandbox, kv_blocks: int = 0) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench.memory_child", str(kv_blocks)]
    child = subprocess.run(command, env=sandbox.env(), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    stages: list[dict[str, Any]] = json.loads(child.stdout.splitlines()[-1])
    return stages


def _total(stages: list[dict[str, Any]]) -> int:
    return sum(stage["bytes"] for stage in stages)
