"""One job on its way through the pool: what it has emitted, and the request that continues it."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field, replace

from phi_providers.errors import GenerationFailed, ProviderError
from phi_providers.job import Job
from phi_providers.messages import ModelInfo, Part, Request, Usage
from phi_providers.scheduler import Ticket
from phi_providers.stream import Stream

log = logging.getLogger(__name__)


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
    model: ModelInfo | None = None
    """Who began it."""
    before: Usage | None = None
    """What the legs before the last yield cost; None if it has not yielded."""
    finishing: bool = False
    """It was asked to stop because what it has written is enough."""

    @property
    def spent(self) -> bool:
        """Whether it has emitted all it may; a prefill, which emits nothing, never has."""
        return 0 < self.job.max_new_tokens <= len(self.emitted)

    @property
    def gives_up(self) -> bool:
        """Whether it ends when it has to make room: its prompt was healed, so that its tokens do not continue it."""
        return bool(self.job.heal)

    def usage(self, last: Usage) -> Usage:
        """Return what the whole generation cost, given what its last leg did."""
        stopped_at_its_length = last.finish_reason == "cancelled" and self.yielding and self.spent
        reason = "length" if stopped_at_its_length else last.finish_reason
        whole = self._with(last)
        return replace(whole, new_tokens=len(self.emitted) or last.new_tokens, finish_reason=reason)

    def yielded(self, leg: Usage) -> None:
        """It has made room and will be put back; `leg` is what it has done since it was last started."""
        self.yielding = False
        if leg.total_ms > 0:  # one that was stopped before its prompt reached the engine has done nothing
            self.before = self._with(leg)

    def _with(self, leg: Usage) -> Usage:
        """Return the cost up to the end of this leg: a later leg finds the prompt that an earlier one computed."""
        first = self.before
        if first is None:
            return leg
        return replace(
            leg,
            prompt_tokens=first.prompt_tokens,
            tokens_reused=first.tokens_reused,
            first_token_ms=first.first_token_ms or (leg.first_token_ms and first.total_ms + leg.first_token_ms),
            total_ms=first.total_ms + leg.total_ms,
        )

    def request(self, model: ModelInfo) -> Request:
        """Return the request that begins this generation, or continues it after its emitted tokens.

        Raises GenerationFailed if the prompt cannot be built, or another model would have to continue the answer: its
        token ids mean other texts.
        """
        if self.emitted and model != self.model:
            raise GenerationFailed("the model that began this answer was replaced; ask again")
        self.model = model
        parts = self._parts(model)
        self.digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()
        return Request(
            id=self.ticket.id,
            parts=parts,
            max_new_tokens=max(self.job.max_new_tokens - len(self.emitted), 0),
            heal=self.job.heal,
            resume_ids=tuple(self.emitted),
        )

    def _parts(self, model: ModelInfo) -> tuple[Part, ...]:
        try:
            return self.job.parts(model)
        except ProviderError:
            raise
        except Exception as exc:
            # The prompt's builder is the caller's code, run in the worker's turn: its error is this request's alone.
            log.error("a prompt could not be built: %s", type(exc).__name__)  # its text may be source
            raise GenerationFailed(f"the prompt could not be built: {type(exc).__name__}") from exc
