"""What a caller wants of the pool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phi_providers.messages import ModelInfo, Part, Urgency


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a caller wants generated."""

    parts: Callable[[ModelInfo], tuple[Part, ...]]
    """Builds the prompt for the model that will answer; called when a worker is free."""
    max_new_tokens: int
    urgency: Urgency
    replaces: str | None = None
    """A newer job of the same urgency and key supersedes this one."""
    heal: str = ""

    def __post_init__(self) -> None:
        if self.heal and self.urgency is not Urgency.TYPING:
            # Healing rewrites the prompt's end, so a generation that began with it cannot be resumed from its tokens.
            # Only what is never asked to yield may use it.
            raise ValueError("only a job of urgency TYPING may heal")
