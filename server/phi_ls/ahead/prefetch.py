"""While a suggestion is on the screen, the next one is made, as if that one had been accepted.

Accepting only the first line of a block needs none: the rest of the block is in the cache of suggestions already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from phi_ls.ahead.acceptance import Uptake, accepted
from phi_ls.ahead.leave import keeps_up, may_suggest
from phi_ls.ahead.power import Power
from phi_ls.answers.asking import begin
from phi_ls.answers.suggest import Shown
from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.gate import refuse
from phi_ls.mechanisms import Mechanism
from phi_ls.session import Session
from phi_providers.errors import Unavailable

STANDS_S = 0.15
"""So long a suggestion must have been on the screen: nobody has read one that is gone sooner."""


class Prefetch:
    """At most one at a time, and only for those who lately used suggestions to their end."""

    def __init__(self, power: Power, is_current: Callable[[Snapshot], bool]) -> None:
        """`is_current`: whether a snapshot's document is open, as it was then, and may still be read."""
        self._power = power
        self._is_current = is_current
        self._uptake = Uptake()
        self._made: Snapshot | None = None
        """The end of the suggestion on the screen, once the next one has been begun there."""
        self._answers: tuple[str, tuple[int, int, int]] | None = None
        """Where somebody asks for what was begun."""
        self._timer: asyncio.TimerHandle | None = None

    def asked(self, snapshot: Snapshot) -> None:
        """Somebody asks here: what was about to be made is not, unless the suggestion stays on the screen."""
        self.close()
        self._answers = None
        if self._uptake.asked(snapshot):
            self._answers = (snapshot.uri, snapshot.place) if self._made is not None else None
            self._made = None

    def shown(self, session: Session, snapshot: Snapshot, shown: Shown) -> None:
        """A suggestion is on the screen."""
        if self._answers == (snapshot.uri, snapshot.place) and (shown.from_cache or shown.joined):
            session.meter.prefetch_hits += 1
        end = accepted(snapshot, shown.text)
        if self._uptake.shown(end):
            self._made = None
        self.close()
        if self._made is None and self._uptake.is_worth_while:
            self._timer = asyncio.get_running_loop().call_later(STANDS_S, self._begin, session, end)

    def close(self) -> None:
        """Nothing more is begun."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self, session: Session, end: Snapshot) -> None:
        if not self._is_current(end):
            return
        if not may_suggest(session, self._power, Mechanism.PREFETCH) or not keeps_up(session):
            return
        if refuse(end, invoked=False, just_deleted=False) or session.suggestions.has(end):
            return
        try:
            begin(session, end, ahead=True)
        except Unavailable:
            # Whoever asks will hear of what is wrong.
            return
        session.meter.prefetched += 1
        self._made = end
