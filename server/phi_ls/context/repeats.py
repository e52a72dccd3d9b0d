"""The place in the document that is most like the one at the cursor, and how its line goes on there."""

from __future__ import annotations

from dataclasses import dataclass

from phi_ls.context.snapshot import Snapshot

MAX_CHARS = 60_000
"""Text on either side that is searched; 35,000 characters take 0.3 ms."""


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """Text in front of the cursor that stands in the document a second time."""

    rest: str
    """How the line goes on at the other place, less what stands right of the cursor already."""
    matched: int
    """Characters other than blanks that both places have in common in front of them."""


def find_repeat(snapshot: Snapshot) -> Repeat | None:
    """Return the longest repetition; of equally long ones the nearest above the cursor, then the nearest below."""
    before, after = snapshot.prefix[-MAX_CHARS:], snapshot.suffix[:MAX_CHARS]
    length = longest_repetition(before, after)
    needle = before[len(before) - length :]
    if not needle.strip():
        return None
    above = before.rfind(needle, 0, len(before) - 1)
    text, at = (before, above + length) if above >= 0 else (after, after.find(needle) + length)
    rest = text[at:].partition("\n")[0].rstrip()
    rest = rest[: until_closed(rest)] if snapshot.after.strip() else rest
    if not snapshot.before.strip():
        rest = rest.lstrip()
    return Repeat(rest=rest, matched=len("".join(needle.split()))) if rest.strip() else None


def longest_repetition(before: str, after: str) -> int:
    """Return the length of the longest end of `before` that stands elsewhere in it, or in `after`; by halving."""
    low, high = 0, len(before)
    while low < high:
        middle = (low + high + 1) // 2
        needle = before[len(before) - middle :]
        found = before.find(needle, 0, len(before) - 1) >= 0 or needle in after
        low, high = (middle, high) if found else (low, middle - 1)
    return low


def until_closed(rest: str) -> int:
    """Return where the text closes a bracket that it has not opened: that one stands right of the cursor."""
    depth = 0
    for index, char in enumerate(rest):
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return index
    return len(rest)
