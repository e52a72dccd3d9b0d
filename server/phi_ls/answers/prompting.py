"""What a model is shown for a suggestion: the window on the document, and passages of others in front of it."""

from __future__ import annotations

from collections.abc import MutableMapping

from phi_ls.answers.budget import RESERVE_TOKENS
from phi_ls.context.passages import Passage
from phi_ls.context.ring import Ring
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import SUFFIX_SHARE, Edges, Window, after_cut
from phi_ls.context.window import plan as plan_window
from phi_ls.mechanisms import Mechanism, on
from phi_ls.prompts.family import infill_parts, text_budget
from phi_ls.session import Session
from phi_providers.messages import ModelInfo, Part
from phi_providers.pool import Stream


class Asked:
    """Builds the prompt for a place when a worker is free, and remembers with which edges."""

    def __init__(self, session: Session, snapshot: Snapshot) -> None:
        self._session = session
        self._snapshot = snapshot
        self._edges: Edges | None = None

    def __call__(self, model: ModelInfo) -> tuple[Part, ...]:
        """Return the prompt for this model."""
        parts = prompt(self._session.edges, self._snapshot, model, self._session.ring)
        self._edges = self._session.edges[self._snapshot.uri]
        return parts

    def remember_cut(self, stream: Stream) -> None:
        """Have the document's next window begin and end where the worker has cut this prompt.

        Unless another prompt has been built with other edges since: what was cut counts from this one's.
        """
        uri, started = self._snapshot.uri, stream.started
        if started is None or not started.lines_cut or self._session.edges.get(uri) is not self._edges:
            return
        if self._edges is not None:
            self._session.edges[uri] = after_cut(self._edges, started.lines_cut)
            self._session.ring.cut(uri, started.lines_cut)


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
