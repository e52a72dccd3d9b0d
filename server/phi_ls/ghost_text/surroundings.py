"""Cuts what stands in the document already: right of the cursor, right above it."""

from __future__ import annotations

import re
from itertools import islice

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.languages import LOOSE_BRACKETS
from phi_ls.ghost_text.nesting import CLOSER_OF, COMMENT, marks


def cut_suffix(snapshot: Snapshot, text: str) -> str:
    """Cut the text where it begins to write what stands right of the cursor.

    A bracket or a quote counts as repeated only if it would close what was open at the cursor: the `)` of `bar(x)` in
    `foo(‸)` is the suggestion's own.
    """
    right = snapshot.after.strip()
    if not right:
        return text
    level = _level_positions(snapshot, text)
    closer = _closer_at_cursor(snapshot, right)
    repeated = [position for position in level if _is_rest_of_line(text, position, right)]
    fits = len(text) in level  # it may close the cursor's string and open another
    closing = [position for position in level if closer and not fits and text.startswith(closer, position)]
    if repeated or closing:
        return text[: min(repeated or closing)]
    return text[: _tail_overlap(text, right, level)]


def _level_positions(snapshot: Snapshot, text: str) -> set[int]:
    """Return the offsets at which just as much is open as at the cursor, so that what stands right of it would fit."""
    if snapshot.language in LOOSE_BRACKETS:
        return set(range(len(text) + 1))
    outer = marks(snapshot.before, snapshot.language)[1]
    found, _ = marks(text, snapshot.language, outer)
    level: set[int] = set()
    own: list[str] = []
    inside, at = outer, 0
    for mark in found:
        if not own and inside == outer:
            level.update(range(at, mark.position + 1))
        at = mark.position + len(mark.symbol)
        if not mark.is_bracket:
            inside = mark.symbol if mark.opens else ""
        elif mark.opens:
            own.append(CLOSER_OF[mark.symbol])
        elif own and own[-1] == mark.symbol:
            own.pop()
        else:
            return level
    return level | set(range(at, len(text) + 1)) if not own and inside == outer else level


def _closer_at_cursor(snapshot: Snapshot, right: str) -> str:
    """Return the bracket or quote right of the cursor that closes what is open there, or an empty string."""
    if snapshot.language in LOOSE_BRACKETS:
        return ""
    quote = marks(snapshot.before, snapshot.language)[1]
    if quote and quote != COMMENT:
        return quote if right.startswith(quote) else ""
    return right[0] if right[0] in ")]}" else ""


def _is_rest_of_line(text: str, position: int, right: str) -> bool:
    if not text.startswith(right, position) or _splits_word(text, position):
        return False
    end = text.find("\n", position)
    return text[position : end if end >= 0 else len(text)].rstrip() == right


def _tail_overlap(text: str, right: str, level: set[int]) -> int:
    """Return where the longest end of the text begins that `right` begins with; words are matched whole."""
    body = text.rstrip()
    for size in range(min(len(body), len(right)), 0, -1):
        start = len(body) - size
        if (
            body.endswith(right[:size])
            and start in level
            and not _splits_word(body, start)
            and not _splits_word(right, size)
        ):
            return start
    return len(text)


def _splits_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and re.match(r"\w\w", text[at - 1 : at + 1]) is not None


def repeats_above(snapshot: Snapshot, text: str) -> bool:
    """Tell whether the text, joined to the line so far, is just the lines right above once more.

    Indentation counts, so that a nested `end` below another is no repetition; lines without a letter (`0, 0,`, `}`) may
    repeat.
    """
    lines = [line.rstrip() for line in (snapshot.before + text).split("\n") if line.strip()]
    # From the cursor up, no further than needed: all of a large window took a fifth of the server's time for a key.
    written = (line.rstrip() for line in reversed(snapshot.lines[: snapshot.row]) if line.strip())
    above = list(islice(written, len(lines)))[::-1]
    return bool(lines) and above == lines and any(re.search(r"[^\W\d_]", line) for line in lines)
