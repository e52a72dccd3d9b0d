"""One job on its way through the pool: what it has emitted, and the request that continues it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from phi_providers.job import Job
from phi_providers.messages import ModelInfo, Request, Usage
from phi_providers.scheduler import Ticket
from phi_providers.stream import Stream


@dataclass(kw_only=True)
class Generation:
    """A job, its stream and its progress."""

    job: Job
    stream: Stream
    ticket: Ticket
    digest: bytes = b""
    """Of the prompt that was sent last; empty before the first time."""
    emitted: list[int] = field(default_factory=list)
    """Token ids that have reached the stream."""
    yielding: bool = False
    """It was asked to make room and will be put back."""
    finishing: bool = False
    """It was asked to stop because what it has written is enough."""

    @property
    def spent(self) -> bool:
        """Whether it has emitted all it may; a prefill, which emits nothing, never has."""
        return 0 < self.job.max_new_tokens <= len(self.emitted)

    def usage(self, last: Usage) -> Usage:
        """Return what the whole generation cost, given what its last leg did."""
        stopped_at_its_length = last.finish_reason == "cancelled" and self.yielding and self.spent
        reason = "length" if stopped_at_its_length else last.finish_reason
        return replace(last, new_tokens=len(self.emitted) or last.new_tokens, finish_reason=reason)

    def request(self, model: ModelInfo) -> Request:
        """Return the request that begins this generation, or continues it after its emitted tokens."""
        parts = self.job.parts(model)
        self.digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()
        return Request(
            id=self.ticket.id,
            parts=parts,
            max_new_tokens=max(self.job.max_new_tokens - len(self.emitted), 0),
            heal=self.job.heal,
            resume_ids=tuple(self.emitted),
        )
