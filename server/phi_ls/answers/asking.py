"""A suggestion is asked for: its prompt, and how much the model may write."""

from __future__ import annotations

from phi_ls.answers.budget import MULTILINE_TOKENS, is_block_cheap, most_tokens
from phi_ls.answers.in_flight import Generation
from phi_ls.answers.keeping import account, keep
from phi_ls.answers.prefill import ahead_of, prefill
from phi_ls.answers.prompting import Asked
from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.stopping import finished, wants_multiline
from phi_ls.mechanisms import Mechanism, on
from phi_ls.prompts.family import heal_fragment
from phi_ls.session import Session
from phi_providers.messages import Urgency
from phi_providers.pool import Job


def begin(session: Session, snapshot: Snapshot, *, ahead: bool = False) -> Generation:
    """Begin to write for this place; `ahead`: nobody has asked for it yet. Raises Unavailable."""
    multiline, most = _budget(session, snapshot)
    asked = Asked(session, snapshot)
    stream = session.pool.submit(
        Job(
            parts=asked,
            max_new_tokens=most,
            urgency=Urgency.AHEAD if ahead else Urgency.TYPING,
            replaces=ahead_of(Urgency.TYPING) if ahead else snapshot.uri,
            heal=heal_fragment(snapshot, session.pool.model_for(Urgency.TYPING)),
            prepares=Urgency.TYPING if ahead else None,
        )
    )
    generation = Generation(
        snapshot,
        stream,
        multiline=multiline,
        enough=lambda text: on(Mechanism.SHORT_ANSWERS) and finished(snapshot, text, multiline=multiline),
        on_end=lambda ended: keep(session, ended, asked),
    )
    generation.task.add_done_callback(lambda _: account(session, generation))
    if ahead:
        session.in_flight.begin_ahead(generation)
    else:
        # What was being made for the end of another suggestion is for a place where nobody will be.
        session.in_flight.stop_ahead()
        session.stop_prefill(snapshot.uri)
        session.in_flight.begin(generation)
        session.prompted[snapshot.uri] = snapshot.place
    return generation


def prefill_ahead(session: Session, snapshot: Snapshot) -> None:
    """Have the prompt for this place computed before anybody asks; raises Unavailable."""
    prefill(session, Asked(session, snapshot), urgency=Urgency.AHEAD, snapshot=snapshot)


def _budget(session: Session, snapshot: Snapshot) -> tuple[bool, int]:
    """Return whether more than a line is asked for, and the tokens it may have."""
    mode = session.settings.inline_completion.multiline
    multiline = wants_multiline(snapshot, mode)
    if not on(Mechanism.SHORT_ANSWERS):
        return multiline, MULTILINE_TOKENS
    profile = session.pool.speed_for(Urgency.TYPING) if on(Mechanism.BUDGET) else None
    decode_ms = profile.decode_ms_per_token if profile else 0.0
    multiline = multiline and (mode == "always" or is_block_cheap(decode_ms))
    return multiline, most_tokens(decode_ms, multiline=multiline)
