"""One suggestion: cache, gates, a generation that is shared, and the text worth showing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace

from phi_ls.answers.asking import begin
from phi_ls.answers.budget import ANSWER_WITHIN_S
from phi_ls.answers.in_flight import Generation
from phi_ls.answers.patience import typed_on
from phi_ls.answers.prompting import Asked
from phi_ls.caches.suggestions import contradicts
from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop, Reason
from phi_ls.ghost_text.gate import refuse
from phi_ls.mechanisms import Mechanism, on
from phi_ls.messages.text import say
from phi_ls.session import Session
from phi_providers.errors import ProviderError, Superseded, Unavailable


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
        outcome = await _from_model(session, snapshot, superseded, within_s, patient=not invoked)
    if isinstance(outcome, Shown):
        session.shown[snapshot.uri] = (snapshot, outcome.text)
        elapsed_ms = (time.perf_counter() - begun) * 1000
        session.meter.answered(elapsed_ms, from_cache=outcome.from_cache, joined=outcome.joined)
    return outcome


def _without_model(session: Session, snapshot: Snapshot, *, invoked: bool, just_deleted: bool) -> Shown | Drop | None:
    """Return what needs no model: a suggestion made before, a reason not to ask; None if it has to be asked."""
    if on(Mechanism.GATE) and not invoked and session.suggestions.recently_rejected(snapshot):
        return Drop(reason=Reason.REJECTED_RECENTLY, detail=say("suggestions at this place were typed over twice"))
    # The cache before the other gates: it answers most keystrokes, and nothing else has to be looked at for it.
    if on(Mechanism.SUGGESTIONS) and (hit := session.suggestions.lookup(snapshot)):
        return Shown(text=hit.text, from_cache=True)
    if on(Mechanism.GATE) and (drop := refuse(snapshot, invoked=invoked, just_deleted=just_deleted)):
        return drop
    if (settled := session.settled.get(snapshot.uri)) and settled[0] == snapshot.place:
        return settled[1]
    return None


async def _from_model(
    session: Session, snapshot: Snapshot, superseded: asyncio.Event, within_s: float, *, patient: bool
) -> Shown | Drop:
    """Share the generation that agrees with this place, or begin one; `patient`: not before the keys have stopped."""
    shared = _shared(session, snapshot)
    outcome = await _answer(session, snapshot, shared, superseded, within_s) if shared is not None else None
    if isinstance(outcome, Shown):
        return replace(outcome, joined=True)
    if outcome is None:
        try:
            if patient and await typed_on(session, snapshot, Asked(session, snapshot), superseded):
                return _unanswered(superseded, within_s)
            # Nothing is being written for this place, or what was has all been typed, or came to nothing further up.
            # An equal request that waited for the same may have begun anew already.
            begun = _shared(session, snapshot)
            fresh = begun if begun is not None and begun is not shared else begin(session, snapshot)
        except Unavailable as exc:
            return Drop(reason=Reason.NO_PROVIDER, detail=str(exc))
        outcome = await _answer(session, snapshot, fresh, superseded, within_s)
    return outcome or Drop(reason=Reason.STALE, detail=say("what was typed meanwhile is not what the model writes"))


def _shared(session: Session, snapshot: Snapshot) -> Generation | None:
    """Return what is being written for this place; if that was begun ahead of time, it is urgent from now on."""
    found = session.in_flight.find(snapshot)
    if found is None:
        return None
    session.prompted[snapshot.uri] = snapshot.place
    if found.ahead:
        session.in_flight.begin(found)
        session.pool.hurry(found.stream.id)
    return found


async def _answer(
    session: Session, snapshot: Snapshot, generation: Generation, superseded: asyncio.Event, within_s: float
) -> Shown | Drop | None:
    """Wait for the generation and return what it means at this snapshot; None if it has nothing for this place."""
    written = await session.in_flight.wait(generation, superseded, within_s)
    if superseded.is_set() or not written:
        return _unanswered(superseded, within_s)
    if generation.given_up:
        return None
    if generation.error is not None:
        return _failed(generation.error)
    if generation.overtaken:
        return Drop(reason=Reason.STALE, detail=say("the document changed while the suggestion was written"))
    if hit := session.suggestions.lookup(snapshot):
        return Shown(text=hit.text, from_cache=False, generation=generation)
    if not generation.complete or generation.snapshot.place != snapshot.place:
        return None
    drop = generation.drop or Drop(reason=Reason.EMPTY, detail=say("the model wrote nothing"))
    session.settled[snapshot.uri] = (snapshot.place, drop)
    return drop


def _note_contradiction(session: Session, snapshot: Snapshot) -> None:
    """If what was shown last in this document has been typed over, remember that for its place."""
    shown = session.shown.get(snapshot.uri)
    if shown is not None and contradicts(*shown, snapshot):
        session.suggestions.rejected(shown[0])
        del session.shown[snapshot.uri]


def _newest(session: Session, snapshot: Snapshot) -> asyncio.Event:
    """Make this request the document's newest: an older one for another place is superseded, an equal one shares."""
    key = snapshot.place
    older = session.latest.get(snapshot.uri)
    if older is not None and older[0] == key:
        return older[1]
    if older is not None:
        older[1].set()
    superseded = asyncio.Event()
    session.latest[snapshot.uri] = (key, superseded)
    return superseded


def _unanswered(superseded: asyncio.Event, within_s: float) -> Drop:
    if superseded.is_set():
        return Drop(reason=Reason.SUPERSEDED, detail=say("a newer request for this document took its place"))
    return Drop(
        reason=Reason.TIMEOUT, detail=say("no answer within {limit:.0f} s; it is kept when it comes", limit=within_s)
    )


def _failed(error: ProviderError) -> Drop:
    reason = Reason.SUPERSEDED if isinstance(error, Superseded) else Reason.NO_PROVIDER
    return Drop(reason=reason, detail=str(error))
