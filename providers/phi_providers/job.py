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
    """As in `Request`. A job of urgency AHEAD that heals is not taken up again once it has made room."""
    prepares: Urgency | None = None
    """For a job of urgency AHEAD: the urgency of the request that it is done for, and that it goes to the place of."""

    def __post_init__(self) -> None:
        if self.heal and self.urgency not in (Urgency.TYPING, Urgency.AHEAD):
            # Healing rewrites the prompt's end, so a generation that began with it cannot be resumed from its tokens.
            # Only what is never asked to yield may use it, and what is given up then.
            raise ValueError("only a job of urgency TYPING or AHEAD may heal")
        if self.prepares is not None and self.urgency is not Urgency.AHEAD:
            raise ValueError("only a job of urgency AHEAD prepares for another")

    @property
    def lane(self) -> Urgency:
        """The urgency whose place has to do it."""
        return self.urgency if self.prepares is None else self.prepares
