"""What was measured, and the medians that are shown of it."""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass, field
from typing import Any, Optional

Figure = Optional[float]
"""None: not measured, or the system does not tell."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One repeat: a prompt that is new to the worker, then the same prompt with a few tokens more."""

    prompt_tokens: int
    new_tokens: int
    cold_ms: float
    """From handing the prompt to the pool until its first token is here."""
    cold_tokens_reused: int
    """Of a prompt that nothing is known of: the token that begins every prompt, at most a few more."""
    cached_prompt_tokens: int
    cached_ms: float
    cached_tokens_reused: int
    """None at all where an engine cannot go back in its cache: then the figure is one of a cold prompt."""
    ms_per_token: Figure
    """Between tokens, after the first; None when there was no second one."""


@dataclass(kw_only=True)
class Row:
    """One engine with one form of a model on one device, for one length of prompt; filled in as it is measured."""

    model: str
    engine: str
    precision: str
    """In which the weights are stored, whatever the engine computes in."""
    requested_device: str
    wanted_tokens: int
    """How long the prompt was meant to be; the samples tell how long it was."""
    device: str = ""
    """The one at work; empty until the model is loaded."""
    device_reason: str = ""
    engine_version: str = ""
    load_ms: Figure = None
    """From starting the process until the model is loaded and warm."""
    resident_bytes: int | None = None
    peak_bytes: int | None = None
    device_bytes: int | None = None
    """On a device that has memory of its own."""
    samples: list[Sample] = field(default_factory=list)
    failure: str = ""
    """Why there is no figure, or why repeats are missing."""

    def median(self, name: str) -> Figure:
        """Return the median of a field of the samples; of counts, one that was counted."""
        values = [getattr(sample, name) for sample in self.samples]
        known = [value for value in values if value is not None]
        if not known:
            return None
        return float(statistics.median(known)) if isinstance(known[0], float) else int(statistics.median_low(known))

    @property
    def tokens_per_s(self) -> Figure:
        """How many tokens a second are written, once the first is there."""
        pause = self.median("ms_per_token")
        return 1000 / pause if pause else None

    @property
    def prefill_tokens_per_s(self) -> Figure:
        """How many tokens of a new prompt are read in a second: the first token comes with the last of them."""
        rates = [
            (sample.prompt_tokens - sample.cold_tokens_reused) / sample.cold_ms * 1000
            for sample in self.samples
            if sample.cold_ms > 0
        ]
        return statistics.median(rates) if rates else None

    @property
    def title(self) -> str:
        """Who it is: engine, device, precision."""
        return " ".join(word for word in (self.engine, self.device or self.requested_device, self.precision) if word)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What was not even tried, and why."""

    what: str
    reason: str


@dataclass(kw_only=True)
class Results:
    """All of one run."""

    machine: dict[str, Any]
    tokens: int
    repeats: int
    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    interrupted: bool = False

    @property
    def measured(self) -> list[Row]:
        """The rows that have figures."""
        return [row for row in self.rows if row.samples]


def as_object(results: Results) -> dict[str, Any]:
    """Return what `--json` prints; the names are part of the contract with scripts."""
    return {
        "machine": results.machine,
        "tokens": results.tokens,
        "repeats": results.repeats,
        "interrupted": results.interrupted,
        "rows": [_row(row) for row in results.rows],
        "left_out": [dataclasses.asdict(each) for each in results.left_out],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "model": row.model,
        "engine": row.engine,
        "engine_version": row.engine_version,
        "precision": row.precision,
        "device": row.device,
        "requested_device": row.requested_device,
        "device_reason": row.device_reason,
        "prompt_tokens": row.median("prompt_tokens"),
        "first_token_cold_ms": _rounded(row.median("cold_ms")),
        "first_token_cached_ms": _rounded(row.median("cached_ms")),
        "cached_tokens_reused": row.median("cached_tokens_reused"),
        "ms_per_token": _rounded(row.median("ms_per_token")),
        "tokens_per_s": _rounded(row.tokens_per_s),
        "prefill_tokens_per_s": _rounded(row.prefill_tokens_per_s),
        "load_ms": _rounded(row.load_ms),
        "resident_bytes": row.resident_bytes,
        "peak_bytes": row.peak_bytes,
        "device_bytes": row.device_bytes,
        "failure": row.failure,
        "samples": [
            {name: _rounded(value) for name, value in dataclasses.asdict(sample).items()} for sample in row.samples
        ],
    }


def _rounded(value: Figure) -> Figure:
    return round(value, 3) if isinstance(value, float) else value
