"""A suggestion as if it had been accepted, and whether they lately were: work beyond their end pays only then."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.preparation import unify_line_endings

REMEMBERED = 12
USED_AT_LEAST = 0.25
"""Of the suggestions shown last, this share must have been used to their end for the next one to be made early: four
lines of work for one that is there at once, at a time when the processor has nothing else to do."""


def accepted(snapshot: Snapshot, text: str) -> Snapshot:
    """Return the document with the text inserted at the cursor, and the cursor behind it."""
    first, *others = unify_line_endings(text).split("\n")
    inserted = [snapshot.before + first, *others]
    column = len(inserted[-1])
    inserted[-1] += snapshot.after
    row = snapshot.row
    return replace(
        snapshot,
        lines=(*snapshot.lines[:row], *inserted, *snapshot.lines[row + 1 :]),
        total_lines=snapshot.total_lines + len(others),
        line=snapshot.line + len(others),
        column=column,
    )


def is_there(end: Snapshot, now: Snapshot) -> bool:
    """Tell whether the cursor has come to the end of a suggestion, its text in front of it."""
    if (now.uri, now.line, now.column) != (end.uri, end.line, end.column):
        return False
    return (now.before, now.after, now.total_lines) == (end.before, end.after, end.total_lines)


class Uptake:
    """Which of the suggestions shown last were used to their end, accepted or typed."""

    def __init__(self) -> None:
        self._used: deque[bool] = deque(maxlen=REMEMBERED)
        self._end: Snapshot | None = None

    @property
    def is_worth_while(self) -> bool:
        """Whether what is done beyond the end of the next suggestion is likely enough to be used."""
        return bool(self._used) and sum(self._used) >= USED_AT_LEAST * len(self._used)

    def asked(self, now: Snapshot) -> bool:
        """Somebody asks here; return whether that is where the suggestion shown last ended."""
        if self._end is None or not is_there(self._end, now):
            return False
        self._used.append(True)
        self._end = None
        return True

    def shown(self, end: Snapshot) -> bool:
        """A suggestion with this end is on the screen; return whether it is another one than before."""
        if self._end is not None and is_there(self._end, end):
            return False
        if self._end is not None:
            self._used.append(False)
        self._end = end
        return True
