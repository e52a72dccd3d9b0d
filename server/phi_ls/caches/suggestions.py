"""Suggestions of the last minutes, found by the text around the cursor, also while the user types along them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cachetools import LRUCache, TTLCache

from phi_ls.context.closers import OPENERS, closes
from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.preparation import unify_line_endings
from phi_ls.ghost_text.second_look import still_fits
from phi_ls.ghost_text.surroundings import cut_suffix
from phi_providers.messages import ModelInfo

LINES_ABOVE = 16
LINES_BELOW = 5
NEAR_LINES = 8
"""Lines right above that must be the same, however many there are: in a short document they are all that it has."""
SCROLLED_LINES = 3
"""Of the `LINES_ABOVE`, so many at the far end may be others: a line added or taken away up there costs nothing."""
TYPED_LIMIT = 128
"""Characters that may have been typed along a suggestion; who types more wants something else."""
ROWS_WALKED = 16
"""Lines that may have been; no suggestion has more, and each costs the lookup about two microseconds."""
_PER_PLACE = 8
_REJECTIONS = 2

_Lines = tuple[str, ...]
_Place = tuple[str, str, _Lines, _Lines]
"""URI, language, lines right above and right below the line: compared as text, so that no two places are ever confused.
"""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A suggestion that fits at the cursor."""

    text: str
    """What is left to insert, with the document's line endings."""
    typed: str
    r"""What the user has typed of it since it was made, lines joined by \n; empty at its own position."""
    raw: str
    """The model's whole text, as it was given to `put`."""


@dataclass(frozen=True, kw_only=True)
class _Entry:
    above: _Lines
    before: str
    after: str
    text: str
    raw: str
    model: ModelInfo | None


@dataclass(frozen=True, kw_only=True)
class _Origin:
    """A place where a suggestion may have been made, seen from where the cursor is now."""

    place: _Place
    row: int
    line: str
    """What stands now, up to the cursor, on the line where the suggestion would have been made."""
    below_it: str
    r"""The lines from there to the cursor, each behind its \n; empty on the same line."""
    after: str
    """What stands now where the rest of that line would stand."""


class Suggestions:
    """A bounded memory of suggestions. Looked up at each key before anything else is done: some ten microseconds.

    A suggestion belongs to the model that wrote it, with all that shapes the model's prompts: family, folder, header.
    One of another model than would answer now (the built-in one bridges the loading of a large one) is served on only
    while it is on the screen and typed along: the better model is what the user waits for, but nothing changes under
    the cursor for it.
    """

    def __init__(
        self,
        answering: Callable[[], ModelInfo | None] = lambda: None,
        *,
        capacity: int = 250,
        lifetime_s: float = 600.0,
        rejection_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember nothing yet; `answering` tells which model would be asked now, None that none can be."""
        self._answering = answering
        self._places: TTLCache[_Place, tuple[_Entry, ...]] = TTLCache(capacity, lifetime_s, clock)
        self._rejected: TTLCache[tuple[_Place, str, str], int] = TTLCache(capacity, rejection_s, clock)
        self._on_screen: LRUCache[str, _Entry] = LRUCache(capacity)
        """By document, what the last lookup found there, or what is about to be shown."""

    def put(self, snapshot: Snapshot, text: str, *, raw: str, model: ModelInfo | None = None) -> None:
        """Remember a suggestion that `model` made at the snapshot's cursor; empty ones are not."""
        text = unify_line_endings(text)
        if not text.strip():
            return
        place = _place(snapshot, snapshot.row, snapshot.row + 1)
        above = _above(snapshot, snapshot.row)
        entry = _Entry(above=above, before=snapshot.before, after=snapshot.after, text=text, raw=raw, model=model)
        others = (old for old in self._places.get(place, ()) if _cursor(old) != _cursor(entry))
        self._places[place] = (entry, *others)[:_PER_PLACE]
        if entry.model not in (self._answering(), None):
            self._on_screen[snapshot.uri] = entry  # another model has just taken over: somebody still waits for this

    def lookup(self, snapshot: Snapshot) -> Hit | None:
        """Return what is left of a suggestion made here or a little before; the newest where several fit."""
        model, shown = self._answering(), self._on_screen.pop(snapshot.uri, None)
        for origin in _origins(snapshot):
            for entry in self._places.get(origin.place, ()):
                if entry is not shown and model is not None and entry.model not in (model, None):
                    continue
                hit = _match(snapshot, origin, entry)
                if hit is not None:
                    self._on_screen[snapshot.uri] = entry
                    return hit
        return None

    def has(self, snapshot: Snapshot) -> bool:
        """Tell whether there is a suggestion for a place where nobody is yet; what is on the screen stays there."""
        shown = self._on_screen.get(snapshot.uri)
        found = self.lookup(snapshot) is not None
        self._on_screen.pop(snapshot.uri, None)
        if shown is not None:
            self._on_screen[snapshot.uri] = shown
        return found

    def forget(self, uri: str) -> None:
        """Drop all that is known of a document."""
        self._on_screen.pop(uri, None)
        for place in [place for place in self._places if place[0] == uri]:
            self._places.pop(place, None)
        for key in [key for key in self._rejected if key[0][0] == uri]:
            self._rejected.pop(key, None)

    def rejected(self, snapshot: Snapshot) -> None:
        """Count that a suggestion shown at the snapshot was contradicted there (see `contradicts`)."""
        key = _rejection_key(snapshot)
        self._rejected[key] = self._rejected.get(key, 0) + 1

    def recently_rejected(self, snapshot: Snapshot) -> bool:
        """Tell whether suggestions at this very place were contradicted twice within the last minute."""
        return bool(self._rejected.get(_rejection_key(snapshot), 0) >= _REJECTIONS)


def contradicts(shown: Snapshot, text: str, now: Snapshot) -> bool:
    """Tell whether the user has typed, where `text` was shown, something else than it begins with.

    Moving away, deleting, edits elsewhere and typing on behind it contradict nothing.
    """
    text = unify_line_endings(text)
    home = _place(shown, shown.row, shown.row + 1)
    for origin in _origins(now):
        typed = _typed(origin, shown.before, shown.after) if origin.place == home else None
        if typed is not None:
            return not text.startswith(typed) and not typed.startswith(text)
    return False


def _place(snapshot: Snapshot, row: int, below: int) -> _Place:
    lines = snapshot.lines
    return snapshot.uri, snapshot.language, lines[max(0, row - NEAR_LINES) : row], lines[below : below + LINES_BELOW]


def _above(snapshot: Snapshot, row: int) -> _Lines:
    return snapshot.lines[max(0, row - LINES_ABOVE) : row]


def _cursor(entry: _Entry) -> tuple[_Lines, str, str]:
    return entry.above, entry.before, entry.after


def _same_above(one: _Lines, other: _Lines) -> bool:
    """Tell whether the lines agree from the nearest on, but for a few at the far end; the nearest are known to."""
    compared = max(len(one), len(other)) - SCROLLED_LINES
    return compared <= NEAR_LINES or one[-compared:] == other[-compared:]


def _rejection_key(snapshot: Snapshot) -> tuple[_Place, str, str]:
    return _place(snapshot, snapshot.row, snapshot.row + 1), snapshot.before, snapshot.after


def _origins(snapshot: Snapshot) -> Iterator[_Origin]:
    """Yield where a suggestion may have been made: on this line, or on one above from which the user has typed on."""
    lines, here = snapshot.lines, snapshot.row
    closed = _closing_line(snapshot)
    below_it = ""
    for row in range(here, max(-1, here - ROWS_WALKED), -1):
        line = snapshot.before if row == here else lines[row]
        yield _Origin(
            place=_place(snapshot, row, here + 1), row=row, line=line, below_it=below_it, after=snapshot.after
        )
        if closed and row < here:
            yield _Origin(place=_place(snapshot, row, here + 2), row=row, line=line, below_it=below_it, after=closed)
        below_it = f"\n{line}{below_it}"
        if len(below_it) > TYPED_LIMIT:
            return


def _closing_line(snapshot: Snapshot) -> str:
    """Return the line below, without its indentation, where an editor has put the closing bracket there: Enter between
    `{` and `}` moves the `}` down a line."""
    below = snapshot.lines[snapshot.row + 1 : snapshot.row + 2]
    closing = below[0].lstrip(" \t") if below and not snapshot.after.strip() else ""
    return closing if closing[:1] in OPENERS else ""


def _typed(origin: _Origin, before: str, after: str) -> str | None:
    """Return what was typed since the cursor stood between `before` and `after`; None if it can't have stood there."""
    if not origin.line.startswith(before) or not origin.after.endswith(after):
        return None
    typed = origin.line[len(before) :] + origin.below_it
    inserted = origin.after[: len(origin.after) - len(after)]
    return typed if len(typed) <= TYPED_LIMIT and closes(inserted, typed) else None


def _match(snapshot: Snapshot, origin: _Origin, entry: _Entry) -> Hit | None:
    typed = _typed(origin, entry.before, entry.after)
    if typed is None or not entry.text.startswith(typed) or not _same_above(_above(snapshot, origin.row), entry.above):
        return None
    rest = entry.text[len(typed) :]
    inserted = origin.after[: len(origin.after) - len(entry.after)]
    if inserted:
        rest = _without_closers(snapshot, origin, rest)
    if not rest.strip() or not still_fits(snapshot, rest, typed=typed, inserted=inserted):
        return None
    return Hit(text=rest.replace("\n", snapshot.eol), typed=typed, raw=entry.raw)


def _without_closers(snapshot: Snapshot, origin: _Origin, rest: str) -> str:
    """Cut the rest where it would write closers that the editor has inserted, right of the cursor or a line below."""
    lines = list(snapshot.lines)
    lines[snapshot.row] = snapshot.before + origin.after
    rest = cut_suffix(replace(snapshot, lines=tuple(lines)), rest)
    return rest if snapshot.after.strip() else rest.rstrip()
