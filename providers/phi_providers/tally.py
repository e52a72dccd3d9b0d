"""What one worker has done since it was started, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from phi_providers.messages import Usage

RECENT = 20
"""Requests over which the speed is taken: enough that one long answer does not decide it."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Sums over the requests that a worker has ended, prefills among them."""

    requests: int = 0
    prompt_tokens: int = 0
    tokens_reused: int = 0
    """Prompt tokens whose keys and values came from the prefix cache."""
    new_tokens: int = 0
    recent: tuple[tuple[int, float], ...] = ()
    """Of the last requests that wrote more than one token: tokens after the first, and milliseconds for them."""

    @property
    def tokens_per_s(self) -> float | None:
        """Speed of decoding in the last requests; None before the first."""
        milliseconds = sum(ms for _, ms in self.recent)
        return 1000 * sum(tokens for tokens, _ in self.recent) / milliseconds if milliseconds > 0 else None

    def plus(self, usage: Usage) -> Tally:
        """Return the sums with one more request in them."""
        steps = usage.new_tokens - 1
        timed = steps > 0 and usage.ms_per_token > 0
        return replace(
            self,
            requests=self.requests + 1,
            prompt_tokens=self.prompt_tokens + usage.prompt_tokens,
            tokens_reused=self.tokens_reused + usage.tokens_reused,
            new_tokens=self.new_tokens + usage.new_tokens,
            recent=(*self.recent, (steps, steps * usage.ms_per_token))[-RECENT:] if timed else self.recent,
        )
