"""The first suggestion after a key, with the built-in model in a warm file, beside the engine alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from bench.alone import Alone, Cost
from bench.buffer import Answer, Buffer
from bench.documents import long_module
from bench.editor import Editor, Json
from bench.report import Report, percentile
from bench.sandbox import Sandbox

LINES = 12
SAME = 0.95
"""Share of the prompts that must be the same in both, or the comparison compares nothing."""
PAUSE_S = 0.05
"""A fast typist's pause between two keys is twice as long; the engine has stopped long before the next key."""


@dataclass
class _Key:
    """A keystroke for which the model was asked."""

    answer: Answer
    shown: bool
    prompt_tokens: int
    tokens_reused: int
    cost: Cost


@dataclass
class _Typed:
    """What came of all keystrokes."""

    asked: list[_Key] = field(default_factory=list)
    hits_ms: list[float] = field(default_factory=list)
    refused: int = 0


def measure(sandbox: Sandbox, *, lines: int = LINES) -> Report:
    """Delete a passage in the middle of a large module and type it again, key by key."""
    report = Report("First suggestion after a key, built-in model")
    source = long_module()
    first = len(source) // 2
    passage, rest = source[first : first + lines], [*source[:first], "", *source[first + lines :]]
    with sandbox.server() as editor, Alone(sandbox) as alone:
        editor.initialize({"inlineCompletion": {"minConfidence": 0}})
        uri = sandbox.uri("base_events.py")
        buffer = Buffer(editor, uri, "\n".join(rest), first)
        alone.open(uri, "\n".join(rest), first)
        typed = _type_all(editor, buffer, alone, passage)
        editor.shut_down()
    _enter(report, typed)
    report.notes += [
        f"{lines} lines of a {len(source)}-line module are deleted and typed again, one key at a time",
        "each key's prompt then goes to the same provider in a process without a server, in turns with the server",
        "inlineCompletion.minConfidence is 0, so that what the model writes is shown",
    ]
    return report


def keys_of(passage: list[str]) -> Iterator[str]:
    """Yield what each key puts into the document; the editor indents a new line by itself."""
    for number, line in enumerate(passage):
        text = line.lstrip() if line.strip() else ""
        indent = re.match(r"\s*", line)
        yield ("\n" if number else "") + (indent[0] if indent else "")
        yield from text


def _type_all(editor: Editor, buffer: Buffer, alone: Alone, passage: list[str]) -> _Typed:
    typed = _Typed()
    buffer.ask()
    alone.ask()
    before = _rest(editor)
    for key in keys_of(passage):
        if not key:
            continue
        answer = buffer.type(key)
        after = _rest(editor)
        asked = after["promptTokens"] > before["promptTokens"]
        alone.type(key)
        if asked:
            typed.asked.append(_asked(answer, before, after, alone.ask()))
            time.sleep(PAUSE_S)  # an engine's threads go on spinning for a moment, at the other's cost
        elif after["suggestionHits"] > before["suggestionHits"]:
            typed.hits_ms.append(answer.ms)
        else:
            typed.refused += 1
        before = after
    return typed


def _rest(editor: Editor) -> Json:
    """Pause as a person does; what the last request cost is in the status by then."""
    time.sleep(PAUSE_S)
    status: Json = editor.command("phi-ls.status")
    time.sleep(PAUSE_S)
    return status


def _asked(answer: Answer, before: Json, after: Json, cost: Cost) -> _Key:
    return _Key(
        answer=answer,
        shown=bool(answer.text),
        prompt_tokens=after["promptTokens"] - before["promptTokens"],
        tokens_reused=after["tokensReused"] - before["tokensReused"],
        cost=cost,
    )


def _enter(report: Report, typed: _Typed) -> None:
    shown = [key for key in typed.asked if key.shown]
    latencies = [key.answer.ms for key in shown]
    engine = [key.cost.engine_ms for key in shown]
    report.add_distribution("key to suggestion", latencies, "ms")
    report.add_distribution("engine alone, same prompts", engine, "ms")
    for percent in (50, 95):
        ratio = percentile(latencies, percent / 100) / percentile(engine, percent / 100)
        report.add(f"ratio of p{percent}", ratio, "×")
    prompts = sum(key.prompt_tokens for key in typed.asked)
    report.add("prompt tokens, median", median(key.prompt_tokens for key in shown), "tokens")
    report.add("tokens reused, share", 100 * sum(key.tokens_reused for key in typed.asked) / prompts, "%")
    report.add("tokens computed, median", median(k.prompt_tokens - k.tokens_reused for k in shown), "tokens")
    report.add("new tokens, median", median(key.cost.tokens for key in shown), "tokens")
    same = sum(key.prompt_tokens == key.cost.prompt_tokens for key in typed.asked)
    if same < SAME * len(typed.asked):
        raise RuntimeError(f"only {same} of {len(typed.asked)} prompts were the same in the server and without it")
    report.add("same prompt length in both", 100 * same / len(typed.asked), "%")
    report.add("encoding, median", median(key.cost.encode_ms for key in shown), "ms")
    report.add("prefill, median", median(key.cost.prefill_ms for key in shown), "ms")
    report.add("decoding, median", median(key.cost.decode_ms for key in shown), "ms")
    around = [key.answer.ms - key.cost.engine_ms - key.cost.encode_ms for key in shown]
    report.add("all else (protocol, queue, pipes, shaping), median", median(around), "ms")
    report.add("keys answered from the cache", len(typed.hits_ms), "")
    report.add("keys with nothing worth showing", len(typed.asked) - len(shown), "")
    report.add("keys where no model is asked", typed.refused, "")
