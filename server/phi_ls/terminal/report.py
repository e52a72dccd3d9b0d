"""The JSON object of complete, hover and explain; its names are part of the contract with scripts."""

from __future__ import annotations

import dataclasses
import json

from phi_ls.decisions import Drop
from phi_ls.session import Session
from phi_providers.messages import ModelProfile, Urgency, Usage


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What was answered, by whom, and what it cost."""

    text: str = ""
    model: str = ""
    engine: str = ""
    device: str = ""
    requested_device: str = ""
    prompt_tokens: int = 0
    tokens_reused: int = 0
    new_tokens: int = 0
    first_token_ms: float = 0.0
    total_ms: float = 0.0
    finish_reason: str = ""
    dropped_reason: str | None = None

    def json(self) -> str:
        """Return the object as one line."""
        return json.dumps(dataclasses.asdict(self)) + "\n"


def report_of(session: Session, text: str, profile: ModelProfile | None, usage: Usage | None) -> Report:
    """Return the report of an answer."""
    usage = usage or Usage(finish_reason="")
    return Report(
        text=text,
        model=profile.model if profile else "",
        engine=profile.engine if profile else "",
        device=profile.device if profile else "",
        requested_device=session.settings.device,
        prompt_tokens=usage.prompt_tokens,
        tokens_reused=usage.tokens_reused,
        new_tokens=usage.new_tokens,
        first_token_ms=round(usage.first_token_ms, 2),
        total_ms=round(usage.total_ms, 2),
        # The server stops a generation as soon as it has enough: for the user, that is the end of it.
        finish_reason="stop" if usage.finish_reason == "cancelled" else usage.finish_reason,
    )


def report_of_drop(session: Session, drop: Drop) -> Report:
    """Return the report of no answer."""
    profile = session.pool.profile_for(Urgency.TYPING)
    return dataclasses.replace(report_of(session, "", profile, None), dropped_reason=drop.reason.value)
