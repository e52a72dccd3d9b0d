"""Whether what was written since a snapshot is still a continuation of it."""

from __future__ import annotations

from phi_ls.context.closers import closes
from phi_ls.context.snapshot import Snapshot

COMPARED_LINES = 40
"""Lines on either side that must be as they were; an edit further away does not change what a person sees here."""

HEAD_CHARS = 200
MAX_CLOSERS = 3


def typed_since(old: Snapshot, new: Snapshot) -> str | None:
    r"""Return the text typed between two cursors of a document (lines joined by \n); None if anything else changed."""
    at = old.line - new.first_line
    if old.uri != new.uri or new.line < old.line or at < 0 or not _same_above(old, new):
        return None
    if not new.lines[at].startswith(old.before) or not _same_below(old, new):
        return None
    span = (*new.lines[at : new.row], new.before)
    typed = "\n".join(span)[len(old.before) :]
    if new.line == old.line and new.column < old.column:
        return None
    closers = new.after[: len(new.after) - len(old.after)]
    return typed if new.after.endswith(old.after) and closes(closers, typed) else None


def may_continue(old: Snapshot, now: Snapshot, text: str) -> bool:
    """Whether the document, seen again at the old cursor, may hold `old` plus a beginning of `text` or of what follows.

    For the moment between an edit and the request that tells where the cursor went.
    """
    if not now.before.startswith(old.before) or now.line != old.line or not _same_above(old, now):
        return False
    written, head = now.suffix, old.suffix[:HEAD_CHARS]
    agreed = _common_length(written, text)
    if any(_joins(written, typed, head) for typed in range(agreed, -1, -1)):
        return True
    # The person may be ahead of the model: all that it has written agrees, and more has been typed.
    return agreed == len(text) and head in written[agreed : agreed + HEAD_CHARS + len(head)]


def _joins(written: str, typed: int, head: str) -> bool:
    """Whether behind the first `typed` characters the old text goes on, perhaps behind closers of the editor's."""
    for closers in range(MAX_CLOSERS + 1):
        at = typed + closers
        # A short head is all that stands behind the old cursor, perhaps nothing: whatever is before it was inserted.
        meets = written.startswith(head, at) if len(head) == HEAD_CHARS else written[at:] == head
        if meets and closes(written[typed:at], written[:typed]):
            return True
    return False


def _same_above(old: Snapshot, new: Snapshot) -> bool:
    return _lines(old, old.line - COMPARED_LINES, old.line) == _lines(new, old.line - COMPARED_LINES, old.line)


def _same_below(old: Snapshot, new: Snapshot) -> bool:
    grown = new.total_lines - old.total_lines
    if grown != new.line - old.line:
        return False
    return old.lines[old.row + 1 :][:COMPARED_LINES] == new.lines[new.row + 1 :][:COMPARED_LINES]


def _lines(snapshot: Snapshot, start: int, stop: int) -> tuple[str, ...]:
    first = snapshot.first_line
    return snapshot.lines[max(start - first, 0) : stop - first]


def _common_length(a: str, b: str) -> int:
    pairs = zip(a, b, strict=False)
    return next((index for index, (x, y) in enumerate(pairs) if x != y), min(len(a), len(b)))
