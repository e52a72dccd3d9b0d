"""Whether anything may be done before anybody asks for it."""

from __future__ import annotations

from phi_ls.ahead.power import Power
from phi_ls.mechanisms import Mechanism, on
from phi_ls.session import Session
from phi_ls.speeds import LINE_LIMIT_MS, line_ms
from phi_providers.messages import Urgency


def may_work(session: Session, power: Power, mechanism: Mechanism) -> bool:
    """Tell whether this mechanism may have the model work: not on battery, and never so that a model is loaded."""
    if not on(mechanism) or (session.settings.reduce_on_battery and power.is_low):
        return False
    return bool(session.pool.status().workers)


def keeps_prompts(session: Session, lane: Urgency) -> bool:
    """Tell whether whoever answers there keeps a prompt that was computed; DirectML computes each one again."""
    profile = session.pool.profile_for(lane)
    return profile is None or profile.can_rewind


def may_suggest(session: Session, power: Power, mechanism: Mechanism) -> bool:
    """Tell whether this mechanism may have the model work for suggestions, which come by themselves."""
    settings = session.settings.inline_completion
    return settings.enable and settings.automatic and may_work(session, power, mechanism)


def keeps_up(session: Session) -> bool:
    """Tell whether whoever suggests writes a line in the time in which a person looks at one."""
    profile = session.pool.speed_for(Urgency.TYPING)
    if profile is None:
        return False
    return line_ms(profile.prefill_tokens_per_s, profile.decode_ms_per_token) <= LINE_LIMIT_MS
