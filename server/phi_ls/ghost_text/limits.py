"""Where a suggestion ends: the same answer while it streams in and when it is trimmed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Reason
from phi_ls.ghost_text.indentation import block_width, following_line, opens_block, width
from phi_ls.ghost_text.languages import LOOSE_BRACKETS
from phi_ls.ghost_text.nesting import CLOSERS, at_cursor, marks, owed

LINE_LIMIT = 12
"""At 5 to 45 tokens a second and about ten tokens a line, more never arrives in a pause in typing."""
CHARACTER_LIMIT = 400
"""In one line; beyond that a model is writing data, not code."""
BLANK_LIMIT = 3
"""Line breaks in a row before anything is written."""
_CLOSING_LINE = re.compile(r"[)\]}][)\]};,]*\Z")


@dataclass(frozen=True)
class End:
    """The suggestion ends at this offset, for this reason should nothing be left in front of it."""

    position: int
    reason: Reason = Reason.EMPTY


def end_of(snapshot: Snapshot, text: str, *, multiline: bool, final: bool) -> End | None:
    """Return where prepared text ends, or None while it may go on; `final`: no more text will come."""
    start = 0
    shown = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        complete = final or number < len(lines) - 1
        end = _before_line(snapshot, text, start, line, complete=complete)
        if end is None and number < len(lines) - 1:
            shown += bool(line.strip())
            end = _after_line(snapshot, text, start + len(line), shown=shown, number=number, multiline=multiline)
        if end is not None:
            return end
        start += len(line) + 1
    return None


def _before_line(snapshot: Snapshot, text: str, start: int, line: str, *, complete: bool) -> End | None:
    """Return the end in front of a line that must not be part of the suggestion."""
    if not line.strip():
        return None
    whole = line if start else snapshot.before + line
    if complete and _repeats_following(snapshot, whole):
        return End(max(0, start - 1), Reason.REPEATS_LINES)
    if start and width(line) < block_width(snapshot, text) and not _may_stand_left(snapshot, text[:start], line):
        return End(start - 1, Reason.DEDENT)
    if len(line) > CHARACTER_LIMIT:
        return End(max(0, start - 1))
    return None


def _after_line(snapshot: Snapshot, text: str, end: int, *, shown: int, number: int, multiline: bool) -> End | None:
    """Return the end behind a complete line, `number` from 0, `shown` of the lines so far not being blank."""
    if not shown:
        return End(0) if number >= BLANK_LIMIT else None
    if not multiline or number + 1 >= LINE_LIMIT:
        return End(end)
    so_far = text[:end]
    last = so_far.rsplit("\n", 1)[-1]
    depth, inside = _own_depth(snapshot, so_far)
    if inside:
        return None
    if depth < 0 or (depth == 0 and not last.strip() and not _block_is_empty(snapshot, so_far)):
        return End(len(so_far.rstrip()) if not last.strip() else end)
    return None


def _block_is_empty(snapshot: Snapshot, so_far: str) -> bool:
    """Tell whether the last line with anything on it opens a block, which then has nothing in it yet."""
    return opens_block((snapshot.before + so_far).rstrip().rsplit("\n", 1)[-1], snapshot.language)


def _own_depth(snapshot: Snapshot, text: str) -> tuple[int, bool]:
    """Return how many brackets the text opened and did not close (negative: closed more), and whether it ends in a
    literal that may run over lines. Where brackets need not pair, the depth is always 0."""
    if snapshot.language in LOOSE_BRACKETS:
        return 0, False
    found, inside = marks(text + "\n", snapshot.language, marks(snapshot.before, snapshot.language)[1])
    return sum((1 if mark.opens else -1) for mark in found if mark.is_bracket), bool(inside)


def _repeats_following(snapshot: Snapshot, line: str) -> bool:
    """Tell whether the line stands right below the cursor already; lines of brackets alone are left to their pairs."""
    following = following_line(snapshot).rstrip()
    return line.rstrip() == following and re.search(r"[^\W\d_]", following) is not None


def _may_stand_left(snapshot: Snapshot, above: str, line: str) -> bool:
    """Tell whether a line may be indented less than the block: preprocessor lines, lines in a long string, and the
    closing bracket that the document still lacks."""
    if snapshot.language in ("c", "cpp", "csharp") and line.startswith("#"):
        return True
    found, inside = marks(above, snapshot.language, at_cursor(snapshot).inside)
    if inside:
        return True
    depth = sum((1 if mark.opens else -1) for mark in found if mark.is_bracket)
    closers = "".join(character for character in line.strip() if character in CLOSERS)
    needed = _CLOSING_LINE.match(line.strip()) is not None and depth == 0
    return needed and "".join(owed(snapshot)).startswith(closers)
