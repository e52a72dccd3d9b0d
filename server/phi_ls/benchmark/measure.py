"""Measures one candidate through the pool and a worker process of its own, as the language server would use it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phi_ls import folders
from phi_ls.benchmark.candidates import Candidate
from phi_ls.benchmark.figures import Row, Sample
from phi_ls.benchmark.memory import DeviceMemory, peak, resident
from phi_ls.benchmark.prompts import APPENDED, APPENDED_TOKENS, Prompts, lines_for, parts
from phi_ls.measured import keep_new
from phi_providers.errors import ProviderError
from phi_providers.messages import RESERVE_TOKENS, Urgency, Usage
from phi_providers.plan import one_order
from phi_providers.pool import Job, Limits, Pool

Say = Callable[[str], None]

LIMITS = Limits(breaker_limit=1, silence_s=25.0, loading_silence_s=60.0, cancel_grace_s=25.0, grace_s=5.0)
"""A worker that has died is a result, not a reason for another; one that is slower than the language server would bear
is a result, too. A step may take 25 s and no longer: after 30 s the worker's own watchdog ends it, and could not say as
well what happened. And the next one starts when its memory is free: gigabytes take the system more than half a second.
"""

UNMEASURED = (-1, -2)
"""Numbers of the prompts that find out how long a prompt is, and warm up: the first prefill takes 2 to 4 times as long
as the next."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is measured."""

    prompt_tokens: tuple[int, ...]
    tokens: int
    repeats: int
    prompts: Prompts


async def measure(candidate: Candidate, effort: Effort, rows: list[Row], say: Say) -> None:
    """Append a row for each length of prompt to `rows`, and fill it in; what fails is told in all that are not full.

    Cancelled, it ends the worker and leaves what has been measured.
    """
    bench = _Bench(candidate, effort, say)
    waiting = [candidate.row(wanted) for wanted in effort.prompt_tokens]
    rows += waiting
    for row in waiting:
        row.failure = "interrupted"
    try:
        while waiting:
            await bench.measure(waiting[0])
            waiting.pop(0).failure = ""
    except ProviderError as exc:
        for row in waiting:
            row.failure = str(exc)
    finally:
        await bench.close()


@dataclass(frozen=True)
class _Answer:
    first_ms: float
    ms_per_token: float | None
    usage: Usage


class _Bench:
    """One worker, started with the first request."""

    def __init__(self, candidate: Candidate, effort: Effort, say: Say) -> None:
        self._candidate = candidate
        self._effort = effort
        self._say = say
        self._memory = DeviceMemory()
        self._begun = time.perf_counter()
        self._load_ms: float | None = None
        self._seen: set[int] = set()
        plan = one_order([candidate.load])
        self._pool = Pool(plan, home=folders.worker_home(), on_change=self._changed, limits=LIMITS)

    async def close(self) -> None:
        await self._pool.close()

    async def measure(self, row: Row) -> None:
        """Fill in a row for prompts of the wanted length, or of as many tokens as the model's context holds."""
        lines = await self._lines(self._within_context(row.wanted_tokens))
        self._describe(row)
        for number in range(self._effort.repeats):
            self._say(f"{row.title}: {number + 1} of {self._effort.repeats}")
            row.samples.append(await self._sample(number, lines))
            self._weigh(row)

    def _within_context(self, wanted: int) -> int:
        answer = max(self._effort.tokens, RESERVE_TOKENS)
        return max(min(wanted, self._candidate.load.model.context - answer - 2 * APPENDED_TOKENS), 1)

    async def _lines(self, wanted: int) -> int:
        """Return how many lines of a prompt make `wanted` tokens; half as many, which surely fit, are asked first."""
        model = self._candidate.load.model
        guess = max(int(wanted * model.chars_per_token / 2 / len(self._prompt(0, 9)) * 9), 1)
        for number in UNMEASURED:
            answer = await self._ask(self._prompt(number, guess))
            guess = lines_for(wanted, guess, answer.usage.prompt_tokens)
        return guess

    def _prompt(self, number: int, lines: int) -> str:
        return self._effort.prompts.text(number, lines)

    async def _sample(self, number: int, lines: int) -> Sample:
        prompt = self._prompt(number, lines)
        cold = await self._ask(prompt)
        cached = await self._ask(prompt + APPENDED, tokens=1)
        return Sample(
            prompt_tokens=cold.usage.prompt_tokens,
            new_tokens=cold.usage.new_tokens,
            cold_ms=cold.first_ms,
            cold_tokens_reused=cold.usage.tokens_reused,
            cached_prompt_tokens=cached.usage.prompt_tokens,
            cached_ms=cached.first_ms,
            cached_tokens_reused=cached.usage.tokens_reused,
            ms_per_token=cold.ms_per_token,
        )

    async def _ask(self, prompt: str, tokens: int = 0) -> _Answer:
        """Have a prompt continued; raises ProviderError."""
        job = Job(parts=lambda _: parts(prompt), max_new_tokens=tokens or self._effort.tokens, urgency=Urgency.ASKED)
        begun = time.perf_counter()
        stream = self._pool.submit(job)
        arrivals = [time.perf_counter() async for _ in stream]
        if stream.usage is None:
            raise AssertionError("unreachable")
        ended = arrivals or [time.perf_counter()]
        further = max(stream.usage.new_tokens, len(arrivals)) - 1
        return _Answer(
            first_ms=(ended[0] - begun) * 1000,
            ms_per_token=(ended[-1] - ended[0]) * 1000 / further if further > 0 else None,
            usage=stream.usage,
        )

    def _changed(self) -> None:
        """The worker's state or stage has changed."""
        workers = self._pool.status().workers
        for worker in workers:
            if worker.profile is None:
                self._say(f"{self._candidate.row(0).title}: {worker.stage}")
            elif self._load_ms is None:
                self._load_ms = (time.perf_counter() - self._begun) * 1000
        # The language server takes the fastest device first, of those that have been measured.
        keep_new(workers, self._seen)

    def _describe(self, row: Row) -> None:
        row.load_ms = self._load_ms
        if profile := self._pool.profile_for(Urgency.ASKED):
            row.device, row.device_reason = profile.device, profile.device_reason
            row.engine_version = profile.engine_version

    def _weigh(self, row: Row) -> None:
        pid = next((worker.pid for worker in self._pool.status().workers), None)
        row.resident_bytes, row.peak_bytes = resident(pid), peak(pid)
        row.device_bytes = self._memory.taken(row.device, pid)


async def measure_all(candidates: Sequence[Candidate], effort: Effort, rows: list[Row], say: Say) -> None:
    """Measure one candidate after the other; a worker is gone before the next one starts."""
    for candidate in candidates:
        await measure(candidate, effort, rows, say)
