"""Many requests in a row: does anything grow?"""

from __future__ import annotations

import itertools

from bench.buffer import Buffer
from bench.documents import long_module
from bench.editor import AUTOMATIC, Editor
from bench.memory import worker_pid
from bench.process import MIB, Usage, usage_of
from bench.report import Report, slope
from bench.sandbox import Sandbox
from bench.suggestion import keys_of

REQUESTS = 10_000
SAMPLE_EVERY = 50
WARM = 0.6
"""This share of the requests is left out of the slopes: so long the engine's KV pool fills (4,000 at 2,048 tokens)."""
SLOPE_MIB = 1.0


def measure(sandbox: Sandbox, *, requests: int = REQUESTS) -> Report:
    """Type and ask without a pause, cancel every tenth request, move on every 200; look at both processes."""
    report = Report("Soak")
    with sandbox.server() as editor:
        editor.initialize({"inlineCompletion": {"minConfidence": 0}})
        samples = _run(editor, sandbox, requests)
        editor.shut_down()
    warm = samples[int(len(samples) * WARM) :]
    xs = [float(count) for count, _, _ in warm]
    for name, index in (("server", 1), ("worker", 2)):
        usages: list[Usage] = [sample[index] for sample in warm]  # type: ignore[misc]  # the count is sample[0]
        growth = slope([one.rss / MIB for one in usages], xs) * 1000
        report.add(f"{name}: RSS, growth per 1,000 requests", growth, "MiB", SLOPE_MIB)
        report.add(f"{name}: RSS at the end", usages[-1].rss / MIB, "MiB")
        report.add(f"{name}: descriptors, growth", usages[-1].descriptors - usages[0].descriptors, "", 0)
        report.add(f"{name}: threads, growth", usages[-1].threads - usages[0].threads, "", 0)
    report.notes.append(f"{requests:,} requests, built-in model; slope over the last {1 - WARM:.0%}")
    return report


def _run(editor: Editor, sandbox: Sandbox, requests: int) -> list[tuple[int, Usage, Usage]]:
    source = long_module()
    keys = itertools.cycle([key for key in keys_of(source[len(source) // 2 :]) if key])
    samples: list[tuple[int, Usage, Usage]] = []
    for number in range(requests):
        if number % 200 == 0:
            line = len(source) // 2
            text = "\n".join([*source[:line], "", *source[line:]])
            buffer = Buffer(editor, sandbox.uri(f"soak_{number % 5}.py"), text, line)
            buffer.ask()
            worker = worker_pid(editor)
        if number % 10 == 9:
            _cancelled(editor, buffer, next(keys))
        else:
            buffer.type(next(keys))
        if number % 200 == 199:
            buffer.close()
        if number % SAMPLE_EVERY == 0:
            samples.append((number, usage_of(editor.process.pid), usage_of(worker)))
    return samples


def _cancelled(editor: Editor, buffer: Buffer, key: str) -> None:
    """Type, ask, and cancel at once."""
    buffer.type_only(key)
    position = {"line": buffer.line, "character": buffer.column}
    params = {"textDocument": {"uri": buffer.uri}, "position": position, "context": {"triggerKind": AUTOMATIC}}
    message_id = editor.ask("textDocument/inlineCompletion", params)
    editor.notify("$/cancelRequest", {"id": message_id})
    editor.outcome(message_id)
