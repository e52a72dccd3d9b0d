"""In a burst of keys a slow model does what every next key needs, and writes only when the keys have stopped."""

from __future__ import annotations

import asyncio

from phi_ls.ahead.rhythm import decode_wait_ms
from phi_ls.answers.prefill import Parts, prefill
from phi_ls.context.snapshot import Snapshot
from phi_ls.mechanisms import Mechanism, on
from phi_ls.session import Session
from phi_ls.speeds import LINE_TOKENS
from phi_providers.messages import Urgency


async def typed_on(session: Session, snapshot: Snapshot, parts: Parts, superseded: asyncio.Event) -> bool:
    """Have the prompt computed while another key is likely to come; return whether one came.

    Does nothing where the model writes a line before the next key. Raises Unavailable.
    """
    wait_s = _wait_s(session, snapshot)
    if not wait_s:
        return False
    prefill(session, parts, urgency=Urgency.TYPING, snapshot=snapshot)
    # Not wait_for: in Python 3.10 and 3.11 it can swallow the request's cancellation.
    watch = asyncio.ensure_future(superseded.wait())
    try:
        await asyncio.wait([watch], timeout=wait_s)
    finally:
        watch.cancel()
    return superseded.is_set()


def _wait_s(session: Session, snapshot: Snapshot) -> float:
    profile = session.pool.speed_for(Urgency.TYPING)
    # Where a computed prompt is not kept, computing it first only takes the time twice.
    if profile is None or not profile.can_rewind or not on(Mechanism.ADAPTIVE_WAIT):
        return 0.0
    gaps_ms = session.rhythm.gaps_ms(snapshot.uri)
    line_ms = LINE_TOKENS * profile.decode_ms_per_token
    return decode_wait_ms(gaps_ms, line_ms=line_ms, line_begun=bool(snapshot.before.strip())) / 1000
