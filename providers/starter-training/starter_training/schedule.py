"""Learning rates: warm-up, then constant, then down to nothing; the last part may begin at any checkpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Warm-up–stable–decay (Hu and others 2024, MiniCPM), as a factor of the peak learning rate."""

    warmup_tokens: int
    decay_from: int | None = None
    """Tokens seen where the decay begins; None: not yet."""
    decay_tokens: int = 0

    def factor(self, tokens: int) -> float:
        """Return the factor for the step that begins when `tokens` have been seen."""
        if self.decay_from is not None and tokens >= self.decay_from:
            left = 1 - (tokens - self.decay_from) / max(self.decay_tokens, 1)
            return max(left, 0.0)
        return min(1.0, (tokens + 1) / max(self.warmup_tokens, 1))

    def ended(self, tokens: int) -> bool:
        """Tell whether nothing is left to learn at these rates."""
        return self.decay_from is not None and tokens >= self.decay_from + self.decay_tokens
