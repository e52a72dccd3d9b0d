"""What is done before anybody asks: prompts computed on opening and on idle, and the next suggestion made."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING

from cachetools import LRUCache

from phi_ls.ahead.leave import keeps_prompts, may_suggest, may_work
from phi_ls.ahead.power import Power
from phi_ls.ahead.prefetch import Prefetch
from phi_ls.ahead.whole_document import place_for_all
from phi_ls.answers.asking import prefill_ahead
from phi_ls.answers.definition import definition_at
from phi_ls.answers.known import at_hand
from phi_ls.answers.prefill import prefill
from phi_ls.answers.question import Question
from phi_ls.answers.suggest import Shown
from phi_ls.context.snapshot import Snapshot
from phi_ls.markdown import safe_markdown
from phi_ls.mechanisms import Mechanism, on
from phi_providers.errors import Unavailable
from phi_providers.messages import Urgency

if TYPE_CHECKING:
    from phi_ls.documents import Document
    from phi_ls.server import PhiLanguageServer

IDLE_S = 0.4
"""A pause: the mean gap of people who copy text is 0.24 s. What they ask within it has its prompt computed anyway."""

NEXT_S = 0.02
"""Between two documents that are looked into; a key that comes meanwhile goes first."""

REMEMBERED_DOCUMENTS = 200


class AheadOfTime:
    """One editor's. All that it has done makes room for whoever waits."""

    def __init__(self, server: PhiLanguageServer) -> None:
        self.power = Power()
        self._server = server
        self._prefetch = Prefetch(self.power, self._is_current)
        self._places: LRUCache[str, tuple[int, int]] = LRUCache(REMEMBERED_DOCUMENTS)
        """Line and column of each document where somebody was last; kept when it is closed."""
        self._idle: asyncio.TimerHandle | None = None
        self._new: deque[Document] = deque()
        """Opened, and not looked into yet; an editor may open fifty at once."""
        server.on_close.append(self._close)

    def opened(self, document: Document) -> None:
        """A document was opened: its prompt is computed where somebody was last, or where that serves all places."""
        model = self._server.session.pool.model_for(Urgency.TYPING)
        place = self._places.get(document.uri) or (place_for_all(document.lines, model) if model else None)
        if place is not None:
            self._compute(document.uri, place)
        self._new.append(document)
        if len(self._new) == 1:
            asyncio.get_running_loop().call_later(NEXT_S, self._look_into_next)

    def edited(self, uri: str, place: tuple[int, int]) -> None:
        """An edit ends here, at a line and a column: when nobody asks for a while, the prompt is computed.

        Where nobody has ever asked, a program is writing, and not a person.
        """
        if uri in self._server.session.latest:
            self._stay(uri, place)

    def asked(self, snapshot: Snapshot) -> None:
        """Somebody asks for a suggestion here."""
        self._prefetch.asked(snapshot)
        self._stay(snapshot.uri, (snapshot.line, snapshot.column))

    def shown(self, snapshot: Snapshot, shown: Shown) -> None:
        """A suggestion is on the screen."""
        self._prefetch.shown(self._server.session, snapshot, shown)

    def selected(self, question: Question) -> None:
        """Somebody has marked what this asks about: the prompt of its explanation is computed."""
        session = self._server.session
        useful = keeps_prompts(session, Urgency.ASKED) and not at_hand(session, question)
        if may_work(session, self.power, Mechanism.PREFILL) and useful:
            with contextlib.suppress(Unavailable):  # whoever asks will hear of what is wrong
                prefill(session, question.parts, urgency=Urgency.AHEAD)

    def _stay(self, uri: str, place: tuple[int, int]) -> None:
        self._places[uri] = place
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._compute, uri, place)

    def _compute(self, uri: str, place: tuple[int, int]) -> None:
        """Have the prompt for this place computed, unless it was the last one of its document."""
        session, document = self._server.session, self._server.documents.get(uri)
        if document is None or self._server.refusal(document) or session.in_flight.ahead is not None:
            return
        snapshot = document.snapshot(document.position(*place), path=self._server.path_of(uri))
        if self._shows_others() and session.ring.catch_up(snapshot):
            # One document at a time, so that a key waits for no more than that.
            self._idle = asyncio.get_running_loop().call_later(NEXT_S, self._compute, uri, place)
            return
        if not may_suggest(session, self.power, Mechanism.PREFILL) or not keeps_prompts(session, Urgency.TYPING):
            return
        if session.prompted.get(uri) == snapshot.place:
            return
        with contextlib.suppress(Unavailable):  # as above
            prefill_ahead(session, snapshot)

    def _look_into_next(self) -> None:
        document = self._new.popleft()
        if self._new:
            asyncio.get_running_loop().call_later(NEXT_S, self._look_into_next)
        self._look_into(document)

    def _look_into(self, document: Document) -> None:
        """Have the document parsed, and what was answered before at hand, before somebody hovers over a word of it."""
        wanted = self._server.session.settings.hover.mode != "off" and not self._server.refusal(document)
        if wanted and self._server.documents.get(document.uri) is document:
            # What only the first hover would wait for, 35 ms in all: the tree, the file of answers, the parser's rules.
            line = next((row for row, text in enumerate(document.lines) if text[:1].isalpha()), 0)
            definition_at(document, line, 0, "", self._server.documents, ())
            document.syntax.of(document.lines)
            self._server.session.answers.open()
            safe_markdown("*text*")

    def _shows_others(self) -> bool:
        """Whether the model that suggests is shown passages of other documents."""
        model = self._server.session.pool.model_for(Urgency.TYPING)
        return model is not None and model.snippets and on(Mechanism.SNIPPETS)

    def _is_current(self, snapshot: Snapshot) -> bool:
        document = self._server.documents.get(snapshot.uri)
        return document is not None and document.version == snapshot.version and not self._server.refusal(document)

    def _close(self) -> None:
        self._prefetch.close()
        if self._idle is not None:
            self._idle.cancel()
