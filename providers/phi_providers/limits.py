"""How patient the pool is, all in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Times and counts after which the pool acts; the defaults are what the product runs with."""

    silence_s: float = 2.0
    """A worker at work sends a frame at least every prefill chunk (250 ms). One silent for so long hangs."""
    loading_silence_s: float = 10.0
    """While loading, frames come twice a second from a side thread, but an import may hold the lock for long."""
    stage_s: float = 900.0
    """One stage of loading. Compiling a large model for an NPU takes minutes; beyond this it will not end."""
    grace_s: float = 0.5
    """From closing a worker's stdin to killing it."""
    cancel_grace_s: float = 1.0
    """A worker deaf to a cancel for so long is killed; a chunk of prefill takes a quarter of that."""
    leave_s: float = 10.0
    """A model that a new plan has no use for may go on with what it writes for so long."""
    breaker_limit: int = 3
    """Starts in a row that came to nothing before the circuit opens."""
    breaker_rest_s: float = 60.0
    """How long an open circuit refuses; the first request after that tries once. Each time that comes to nothing
    doubles it: a device that this machine does not have is not looked for every minute."""
    longest_rest_s: float = 960.0
    """No open circuit refuses for longer."""
    backoff_s: tuple[float, ...] = (0.0, 1.0, 2.0, 4.0)
    """Delay before a restart, by the number of starts in a row that came to nothing, plus up to a tenth."""


DEFAULT_LIMITS = Limits()
