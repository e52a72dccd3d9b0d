"""Who suggests while somebody types, where that is not who answers questions, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phi_ls.messages.text import say
from phi_ls.speeds import LINE_LIMIT_MS, line_ms
from phi_providers.messages import Urgency

if TYPE_CHECKING:
    from phi_ls.session import Session


@dataclass(frozen=True, kw_only=True)
class TypingModel:
    """Another place in the pool than the one that answers questions."""

    model: str
    engine: str
    device: str
    reason: str


def typing_model(session: Session) -> TypingModel | None:
    """Return who suggests if it is not the place that answers questions, or is meant to."""
    pool = session.pool
    model, profile = pool.model_for(Urgency.TYPING), pool.profile_for(Urgency.TYPING)
    if model is None or profile is None or profile == pool.profile_for(Urgency.ASKED):
        return None
    reason = _reason(session, model.id)
    return TypingModel(model=model.id, engine=profile.engine, device=profile.device, reason=reason)


def _reason(session: Session, model_id: str) -> str:
    chosen, profile = session.pool.model_for(Urgency.ASKED), session.pool.profile_for(Urgency.ASKED)
    if chosen is None or chosen.id == model_id:
        return say("typing has a device to itself")
    if session.settings.inline_completion.model == "built-in":
        return say("inlineCompletion.model is built-in")
    if profile is None:
        return say("{model} is not loaded yet", model=chosen.id)
    takes_ms = line_ms(profile.prefill_tokens_per_s, profile.decode_ms_per_token)
    if takes_ms <= LINE_LIMIT_MS:
        return ""
    return say(
        "a line by {model} takes {took:.1f} s on {device}; inlineCompletion.model changes it",
        model=chosen.id,
        took=takes_ms / 1000,
        device=profile.device,
    )
