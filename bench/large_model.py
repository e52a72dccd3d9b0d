"""`python -m bench.large_model --model FOLDER`: the first token after a key, and typing during an explanation.

For a model of Phi-3's size, in the pool and a worker of its own, with the product's own prompts. The limits come from
what the worker has measured of the model while loading it: a token's decoding, and tokens of a prompt per second.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path

from lsprotocol import types

from bench.documents import long_module
from bench.output import show
from bench.report import Report
from bench.sandbox import sandbox
from phi_ls.answers.prompting import prompt
from phi_ls.context.window import Edges, after_cut
from phi_ls.documents import Document
from phi_ls.plan import plan
from phi_ls.prompts.family import explain_parts
from phi_ls.prompts.subject import ExplainSubject
from phi_ls.settings import Settings
from phi_providers.messages import Load, ModelProfile, Urgency
from phi_providers.plan import one_order
from phi_providers.pool import Job, Limits, Pool, Stream

LINES = 150
"""Of a module: about 1,500 tokens."""
TYPED = "for handle in self._ready: handle.cancel()"
OVERHEAD_MS = 10.0
CHUNK_S = 0.25
"""The longest prefill step of an engine, after which it looks whether it must make room."""
EXPLANATION_TOKENS = 48
PATIENCE = Limits(silence_s=60.0, loading_silence_s=120.0, cancel_grace_s=60.0)


@dataclass(frozen=True)
class First:
    """The first token of one request, in milliseconds since it was submitted."""

    begun_ms: float
    """Until the worker had taken the request up."""
    token_ms: float
    computed: int
    """Tokens of the prompt that were not in the cache."""
    profile: ModelProfile

    @property
    def limit_ms(self) -> float:
        """One decode step, for what must end before; the new tokens; and something for all else."""
        prefill_ms = 1000 * self.computed / self.profile.prefill_tokens_per_s
        return self.profile.decode_ms_per_token + prefill_ms + OVERHEAD_MS


class Typing:
    """A document in which somebody types, and the pool that is asked at each key."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._edges: dict[str, Edges] = {}
        lines = long_module()[:LINES]
        self._line, self._column = LINES // 2, 8
        lines.insert(self._line, " " * self._column)
        self._document = Document("file:///typed.py", 1, "python", "\n".join(lines))

    async def key(self, text: str, urgency: Urgency = Urgency.TYPING, tokens: int = 1) -> First:
        """Type, and wait for the first token."""
        here = types.Position(self._line, self._column)
        change = types.TextDocumentContentChangePartial(range=types.Range(here, here), text=text)
        self._document.apply([change])
        self._column += len(text)
        begun = time.perf_counter()
        stream = self._submit(urgency, tokens)
        started_ms = token_ms = 0.0
        async for piece in stream:
            now_ms = (time.perf_counter() - begun) * 1000
            started_ms = started_ms or (now_ms if stream.started else 0.0)
            if piece.token_ids:
                token_ms = now_ms
                break
        # The status of a request that goes on is not known before its end.
        rest = [piece async for piece in stream] if tokens == 1 else []
        assert not rest
        assert stream.profile is not None
        if stream.started and stream.started.lines_cut:
            self._edges[self._document.uri] = after_cut(self._edges[self._document.uri], stream.started.lines_cut)
        usage = stream.usage
        computed = usage.prompt_tokens - usage.tokens_reused if usage else 0
        return First(started_ms, token_ms or (time.perf_counter() - begun) * 1000, computed, stream.profile)

    def leave_running(self) -> Stream:
        """Ask for a long suggestion that the next key takes back."""
        return self._submit(Urgency.TYPING, 64)

    def _submit(self, urgency: Urgency, tokens: int) -> Stream:
        snapshot = self._document.snapshot(types.Position(self._line, self._column), path="typed.py")
        parts = lambda model: prompt(self._edges, snapshot, model)  # noqa: E731
        return self._pool.submit(Job(parts=parts, max_new_tokens=tokens, urgency=urgency, replaces="typed"))


async def _explain(pool: Pool, lines: int) -> str:
    code = "\n".join(long_module()[400 : 400 + lines])
    subject = ExplainSubject(path="explained.py", language="python", code=code)
    job = Job(
        parts=lambda model: explain_parts(model, subject, "en"),
        max_new_tokens=EXPLANATION_TOKENS,
        urgency=Urgency.ASKED,
    )
    return "".join([piece.text async for piece in pool.submit(job)])


async def measure(load: Load, home: Path, report: Report) -> None:
    """Type in a warm file with the worker idle and at work; then interrupt an explanation by typing."""
    pool = Pool(one_order([load]), home=home, on_change=lambda: None, limits=PATIENCE)
    try:
        typing = Typing(pool)
        for _ in range(2):
            await typing.key("")
        idle = [await typing.key(char) for char in TYPED]
        report.add("a token's decoding, measured at loading", idle[0].profile.decode_ms_per_token, "ms")
        report.add("prompt tokens per second, measured at loading", idle[0].profile.prefill_tokens_per_s, "")
        _enter_first(report, "idle", idle)
        busy = []
        for char in TYPED:
            running = typing.leave_running()
            await running.__anext__()
            busy.append(await typing.key(char))
        _enter_first(report, "while the last one is written", busy)
        await _interrupt(pool, typing, report)
    finally:
        await pool.close()


def _enter_first(report: Report, name: str, found: list[First]) -> None:
    report.add_distribution(f"first token, {name}", [each.token_ms for each in found], "ms")
    report.add(f"first token, {name}: tokens computed, most", max(each.computed for each in found), "tokens")
    report.add(f"first token, {name}: beyond its limit, most", max(e.token_ms - e.limit_ms for e in found), "ms", 0.0)
    share = 100 * sum(each.token_ms > each.limit_ms for each in found) / len(found)
    report.add(f"first token, {name}: keys beyond their limit", share, "%", 0.0)


async def _interrupt(pool: Pool, typing: Typing, report: Report) -> None:
    alone = await _explain(pool, 40)
    await _explain(pool, 20)  # the first one's prompt must not lie newest in the cache
    explaining = asyncio.ensure_future(_explain(pool, 40))
    waits: list[float] = []
    profile: ModelProfile | None = None
    while not explaining.done():
        first = await typing.key("a")
        profile = first.profile
        waits.append(first.begun_ms)
        await asyncio.wait([explaining], timeout=0.3)  # a person's next key
    assert profile is not None
    report.add_distribution("typing waits behind an explanation", waits, "ms")
    limit = max(2 * profile.decode_ms_per_token, 1000 * CHUNK_S)
    report.add("longest wait: two decode steps or a step of the prefill", max(waits), "ms", limit)
    report.add("explanation differs from the one without interruption", float(alone != await explaining), "", 0.0)


def main() -> None:
    """Measure one model folder, or several precisions of it in turn."""
    parser = argparse.ArgumentParser(prog="python -m bench.large_model", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, metavar="FOLDER", help="with its manifest")
    parser.add_argument(
        "--strict", action="store_true", help="FP32 arithmetic, in which texts are the same to the letter"
    )
    arguments = parser.parse_args()
    with sandbox() as box:
        load = plan(Settings(model_path=str(arguments.model), engine="openvino", device="CPU"))[0][0]
        options = {**load.options, "strict": True} if arguments.strict else load.options
        report = Report(f"{load.model.id}, {'strict' if arguments.strict else 'as it ships'}")
        asyncio.run(measure(replace(load, options=options), box.folder, report))
        show(report)


if __name__ == "__main__":
    main()
