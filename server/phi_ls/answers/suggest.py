"""One suggestion: cache, gates, a generation that is shared, and the text worth showing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableMapping
from dataclasses import dataclass, replace

from phi_ls.answers.in_flight import Generation
from phi_ls.caches.suggestions import contradicts
from phi_ls.context.repeats import find_repeat
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import SUFFIX_SHARE, Edges, after_cut
from phi_ls.context.window import plan as plan_window
from phi_ls.decisions import Drop, Reason
from phi_ls.ghost_text.gate import refuse
from phi_ls.ghost_text.second_opinion import weigh
from phi_ls.ghost_text.stopping import finished, wants_multiline
from phi_ls.ghost_text.trim import shape
from phi_ls.mechanisms import Mechanism, on
from phi_ls.prompts.family import heal_fragment, infill_parts, text_budget
from phi_ls.session import Place, Session
from phi_providers.errors import ProviderError, Superseded, Unavailable
from phi_providers.messages import ModelInfo, Part, Urgency
from phi_providers.pool import Job

SINGLE_LINE_TOKENS = 48
MULTILINE_TOKENS = 160
RESERVE_TOKENS = 192
"""Kept free in the context for the answer, the same for both so that the window's edge does not depend on which."""

ANSWER_WITHIN_S = 8.0
"""Later than this nobody waits for ghost text; the generation goes on into the cache."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A suggestion to show at the cursor."""

    text: str
    from_cache: bool
    generation: Generation | None = None
    joined: bool = False
    """Whether another request had begun that generation."""


async def suggest(
    session: Session,
    snapshot: Snapshot,
    *,
    invoked: bool,
    just_deleted: bool = False,
    within_s: float = ANSWER_WITHIN_S,
) -> Shown | Drop:
    """Return what to insert at the snapshot's cursor, or why nothing."""
    begun = time.perf_counter()
    superseded = _newest(session, snapshot)
    _note_contradiction(session, snapshot)
    outcome = _without_model(session, snapshot, invoked=invoked, just_deleted=just_deleted)
    if outcome is None:
        outcome = await _from_model(session, snapshot, superseded, within_s)
    if isinstance(outcome, Shown):
        session.shown[snapshot.uri] = (snapshot, outcome.text)
        elapsed_ms = (time.perf_counter() - begun) * 1000
        session.meter.answered(elapsed_ms, from_cache=outcome.from_cache, joined=outcome.joined)
    return outcome


def _without_model(session: Session, snapshot: Snapshot, *, invoked: bool, just_deleted: bool) -> Shown | Drop | None:
    """Return what needs no model: a suggestion made before, a reason not to ask; None if it has to be asked."""
    if on(Mechanism.GATE) and not invoked and session.suggestions.recently_rejected(snapshot):
        return Drop(reason=Reason.REJECTED_RECENTLY, detail="suggestions at this place were typed over twice")
    # The cache before the other gates: it answers most keystrokes, and nothing else has to be looked at for it.
    if on(Mechanism.SUGGESTIONS) and (hit := session.suggestions.lookup(snapshot)):
        return Shown(text=hit.text, from_cache=True)
    if on(Mechanism.GATE) and (drop := refuse(snapshot, invoked=invoked, just_deleted=just_deleted)):
        return drop
    if (settled := session.settled.get(snapshot.uri)) and settled[0] == _key(snapshot):
        return settled[1]
    return None


async def _from_model(session: Session, snapshot: Snapshot, superseded: asyncio.Event, within_s: float) -> Shown | Drop:
    """Share the generation that agrees with this place, or begin one."""
    shared = session.in_flight.find(snapshot)
    outcome = await _answer(session, snapshot, shared, superseded, within_s) if shared is not None else None
    if isinstance(outcome, Shown):
        return replace(outcome, joined=True)
    if outcome is None:
        # Nothing is being written for this place, or what was has all been typed, or came to nothing further up. An
        # equal request that waited for the same may have begun anew already.
        begun = session.in_flight.find(snapshot)
        try:
            fresh = begun if begun is not None and begun is not shared else _begin(session, snapshot)
        except Unavailable as exc:
            return Drop(reason=Reason.NO_PROVIDER, detail=str(exc))
        outcome = await _answer(session, snapshot, fresh, superseded, within_s)
    return outcome or Drop(reason=Reason.STALE, detail="what was typed meanwhile is not what the model writes")


async def _answer(
    session: Session, snapshot: Snapshot, generation: Generation, superseded: asyncio.Event, within_s: float
) -> Shown | Drop | None:
    """Wait for the generation and return what it means at this snapshot; None if it has nothing for this place."""
    written = await session.in_flight.wait(generation, superseded, within_s)
    if superseded.is_set() or not written:
        return _unanswered(superseded, within_s)
    if generation.error is not None:
        return _failed(generation.error)
    if generation.overtaken:
        return Drop(reason=Reason.STALE, detail="the document changed while the suggestion was written")
    if hit := session.suggestions.lookup(snapshot):
        return Shown(text=hit.text, from_cache=False, generation=generation)
    if not generation.complete or _key(generation.snapshot) != _key(snapshot):
        return None
    drop = generation.drop or Drop(reason=Reason.EMPTY, detail="the model wrote nothing")
    session.settled[snapshot.uri] = (_key(snapshot), drop)
    return drop


def _note_contradiction(session: Session, snapshot: Snapshot) -> None:
    """If what was shown last in this document has been typed over, remember that for its place."""
    shown = session.shown.get(snapshot.uri)
    if shown is not None and contradicts(*shown, snapshot):
        session.suggestions.rejected(shown[0])
        del session.shown[snapshot.uri]


def _begin(session: Session, snapshot: Snapshot) -> Generation:
    multiline = wants_multiline(snapshot, session.settings.inline_completion.multiline)
    stream = session.pool.submit(
        Job(
            parts=lambda model: prompt(session.edges, snapshot, model),
            max_new_tokens=MULTILINE_TOKENS if multiline or not on(Mechanism.SHORT_ANSWERS) else SINGLE_LINE_TOKENS,
            urgency=Urgency.TYPING,
            replaces=snapshot.uri,
            heal=heal_fragment(snapshot, session.pool.model_for(Urgency.TYPING)),
        )
    )
    generation = Generation(
        snapshot,
        stream,
        multiline=multiline,
        enough=lambda text: on(Mechanism.SHORT_ANSWERS) and finished(snapshot, text, multiline=multiline),
        on_end=lambda ended: _keep(session, ended),
    )
    generation.task.add_done_callback(lambda _: _account(session, generation))
    session.in_flight.begin(generation)
    return generation


def prompt(edges: MutableMapping[str, Edges], snapshot: Snapshot, model: ModelInfo) -> tuple[Part, ...]:
    """Return what the model is asked at the snapshot's cursor; `edges` holds the documents' windows and is updated."""
    window = plan_window(
        snapshot,
        tokens_for_text=text_budget(model, RESERVE_TOKENS),
        chars_per_token=model.chars_per_token,
        previous=edges.get(snapshot.uri) if on(Mechanism.EDGES) else None,
        suffix_share=SUFFIX_SHARE if model.infill else 0.0,
    )
    edges[snapshot.uri] = window.edges
    return infill_parts(model, snapshot, window)


def _keep(session: Session, generation: Generation) -> None:
    """Put a finished suggestion into the cache, whoever still waits for it; keep the worker's cut as the edge."""
    snapshot = generation.snapshot
    started = generation.stream.started
    if started is not None and started.lines_cut and snapshot.uri in session.edges:
        session.edges[snapshot.uri] = after_cut(session.edges[snapshot.uri], started.lines_cut)
    if generation.complete:
        shaped = _shape(session, generation)
        if isinstance(shaped, Drop):
            generation.drop = shaped
        else:
            session.suggestions.put(snapshot, shaped, raw=generation.text)


def _shape(session: Session, generation: Generation) -> str | Drop:
    snapshot, probability = generation.snapshot, generation.mean_probability
    least = session.settings.inline_completion.min_confidence
    mine = shape(
        snapshot, generation.text, multiline=generation.multiline, mean_probability=probability, min_confidence=least
    )
    model = generation.stream.model
    calibration = model.calibration if model is not None else ()
    if generation.multiline or not calibration or not on(Mechanism.REPEATS):
        return mine
    return weigh(
        snapshot,
        mine,
        probability=probability or 0.0,
        min_confidence=least,
        calibration=calibration,
        repeat=find_repeat(snapshot),
    )


def _account(session: Session, generation: Generation) -> None:
    if usage := generation.stream.usage:
        session.meter.worked(usage.prompt_tokens, usage.tokens_reused)


def _newest(session: Session, snapshot: Snapshot) -> asyncio.Event:
    """Make this request the document's newest: an older one for another place is superseded, an equal one shares."""
    key = _key(snapshot)
    older = session.latest.get(snapshot.uri)
    if older is not None and older[0] == key:
        return older[1]
    if older is not None:
        older[1].set()
    superseded = asyncio.Event()
    session.latest[snapshot.uri] = (key, superseded)
    return superseded


def _key(snapshot: Snapshot) -> Place:
    return (snapshot.version, snapshot.line, snapshot.column)


def _unanswered(superseded: asyncio.Event, within_s: float) -> Drop:
    if superseded.is_set():
        return Drop(reason=Reason.SUPERSEDED, detail="a newer request for this document took its place")
    return Drop(reason=Reason.TIMEOUT, detail=f"no answer within {within_s:.0f} s; it is kept when it comes")


def _failed(error: ProviderError) -> Drop:
    reason = Reason.SUPERSEDED if isinstance(error, Superseded) else Reason.NO_PROVIDER
    return Drop(reason=reason, detail=str(error))
