"""What a model is asked for a suggestion: the prompt, and how much it may write."""

from __future__ import annotations

from collections.abc import MutableMapping

from phi_ls.answers.budget import MULTILINE_TOKENS, RESERVE_TOKENS, is_block_cheap, most_tokens
from phi_ls.answers.in_flight import Generation
from phi_ls.answers.keeping import account, keep
from phi_ls.answers.prefill import Parts, ahead_of, prefill
from phi_ls.context.passages import Passage
from phi_ls.context.ring import Ring
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import SUFFIX_SHARE, Edges, Window
from phi_ls.context.window import plan as plan_window
from phi_ls.ghost_text.stopping import finished, wants_multiline
from phi_ls.mechanisms import Mechanism, on
from phi_ls.prompts.family import heal_fragment, infill_parts, text_budget
from phi_ls.session import Session
from phi_providers.messages import ModelInfo, Part, Urgency
from phi_providers.pool import Job


def begin(session: Session, snapshot: Snapshot, *, ahead: bool = False) -> Generation:
    """Begin to write for this place; `ahead`: nobody has asked for it yet. Raises Unavailable."""
    multiline, most = _budget(session, snapshot)
    stream = session.pool.submit(
        Job(
            parts=asks(session, snapshot),
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
        on_end=lambda ended: keep(session, ended),
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
    prefill(session, asks(session, snapshot), urgency=Urgency.AHEAD, snapshot=snapshot)


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


def asks(session: Session, snapshot: Snapshot) -> Parts:
    """Return what builds the prompt for this place when a worker is free."""
    return lambda model: prompt(session.edges, snapshot, model, session.ring)


def prompt(
    edges: MutableMapping[str, Edges], snapshot: Snapshot, model: ModelInfo, ring: Ring | None = None
) -> tuple[Part, ...]:
    """Return what the model is asked at the snapshot's cursor; `edges` holds the documents' windows and is updated.

    `ring` has the passages of other documents; without it there are none.
    """
    previous = edges.get(snapshot.uri) if on(Mechanism.EDGES) else None
    room, density = text_budget(model, RESERVE_TOKENS), model.chars_per_token
    share = SUFFIX_SHARE if model.infill else 0.0

    def beside(taken: int) -> Window:
        return plan_window(
            snapshot, tokens_for_text=room - taken, chars_per_token=density, previous=previous, suffix_share=share
        )

    passages: tuple[Passage, ...] = ()
    if ring is not None and model.snippets and on(Mechanism.SNIPPETS):
        passages, window = ring.around(
            snapshot, beside, previous=previous, tokens_for_text=room, chars_per_token=density
        )
    else:
        window = beside(0)
    edges[snapshot.uri] = window.edges
    return infill_parts(model, snapshot, window, passages)
