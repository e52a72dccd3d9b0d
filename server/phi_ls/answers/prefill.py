"""Prompts computed without an answer, so that the engine has them when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from phi_ls.answers.prompting import Asked
from phi_ls.context.snapshot import Snapshot
from phi_ls.session import Session
from phi_providers.errors import ProviderError
from phi_providers.messages import ModelInfo, Part, Urgency
from phi_providers.pool import Job, Stream

Parts = Callable[[ModelInfo], tuple[Part, ...]]


def ahead_of(lane: Urgency) -> str:
    """Return the key of all that is done ahead of these requests: the newest of it takes the place of the rest."""
    return f"ahead of {lane.name}"


def prefill(session: Session, parts: Parts, *, urgency: Urgency, snapshot: Snapshot | None = None) -> None:
    """Have a prompt computed; raises Unavailable.

    With a snapshot it is a suggestion's there, else an explanation's. With urgency AHEAD nobody waits: the newest such
    prompt takes the place of the one before, and goes to whoever will be asked.
    """
    lane = Urgency.ASKED if snapshot is None else Urgency.TYPING
    ahead = urgency is Urgency.AHEAD
    replaces = ahead_of(lane) if ahead or snapshot is None else snapshot.uri
    job = Job(parts=parts, max_new_tokens=0, urgency=urgency, replaces=replaces, prepares=lane if ahead else None)
    stream = session.pool.submit(job)
    if snapshot is not None:
        session.prompted[snapshot.uri] = snapshot.place
    task = asyncio.get_running_loop().create_task(_computed(session, stream, parts), name="prefill")
    session.prefilling[task] = (snapshot.uri if snapshot else "", stream)
    task.add_done_callback(session.prefilling.pop)


async def _computed(session: Session, stream: Stream, parts: Parts) -> None:
    try:
        async for _ in stream:
            pass
    except ProviderError:
        # Nobody waits for it: whoever asks will hear of what is wrong.
        return
    if usage := stream.usage:
        session.meter.worked(usage.prompt_tokens, usage.tokens_reused)
    if isinstance(parts, Asked):
        parts.remember_cut(stream)
