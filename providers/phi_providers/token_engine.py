"""What an engine that works on token ids must do; `TokenProvider` makes a provider of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

Step = Callable[[Sequence[tuple[int, float]]], bool]
"""Takes the (token id, log-probability) pairs of a decode step, or nothing after a prefill chunk; False: stop now.

An engine that does not know the log-probability gives NaN; the piece then has none."""


@dataclass(frozen=True, kw_only=True)
class EngineFacts:
    """What loading found out."""

    engine: str
    version: str
    device: str
    requested: str
    reason: str = ""
    """Why `device` is not `requested`."""
    prefill_tokens_per_s: float = 0.0
    decode_ms_per_token: float = 0.0
    can_rewind: bool = True
    kv_tokens: int = 0
    """Tokens whose keys and values the cache holds, of all prompts together; 0: not known, or no cache."""
    kv_bytes: int = 0
    """What they take when the cache is full."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one run cost the engine."""

    tokens_reused: int = 0
    """Prompt tokens taken from the cache; never more than the engine's steps allow."""
    prefill_steps: int = 0


class TokenEngine(Protocol):
    """A model that continues token ids, greedily. One call at a time, in one thread."""

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Load and warm up; raises LoadFailed."""
        ...

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Continue `ids`, which are not empty, by at least one token; raises GenerationFailed or WorkerDied."""
        ...
