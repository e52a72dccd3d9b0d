"""Endless repetition: small models fall into loops, and every further token of one is wasted."""

from __future__ import annotations

_LONGEST_PERIOD = 160
STAIRS = 3
"""Equal lines in a row, each deeper than the one before, that no person writes."""
_STEP_CHARS = 10
_DECORATION = frozenset("-=*#_~./\\ \t+")


def _repeats_needed(unit: str) -> int:
    """Return how often a unit must stand in a row to be a loop: rulers and tables of zeros are code, too."""
    if set(unit) <= _DECORATION:
        return 121
    if len(unit) < 3:
        return 30
    if len(unit) < 10:
        return 16
    return 4 if len(unit) < 40 else 3


def _period(text: str) -> int:
    """Return the length of the shortest unit in whose repetition the text ends, or 0."""
    for size in range(1, min(_LONGEST_PERIOD, len(text) // 3) + 1):
        unit = text[-size:]
        if text[-2 * size : -size] == unit:  # nearly always false, and cheap
            count = _repeats_needed(unit)
            if count * size <= len(text) and text.endswith(unit * count):
                return size
    return 0


def _staircase(text: str) -> int:
    """Return the offset of the first of the equal lines, their indentation aside, in which the text ends; -1 if none.

    Each deeper than the one before, so that no period is in them: a call that takes a function that makes the call.
    """
    lines = text.split("\n")
    last = len(lines) - 1
    first = last
    while first > 0 and lines[first - 1].strip() == lines[last].strip() and len(lines[first - 1]) < len(lines[first]):
        first -= 1
    if last - first + 1 < STAIRS or len(lines[last].strip()) < _STEP_CHARS:
        return -1
    return sum(len(line) + 1 for line in lines[:first])


def cut_loop(text: str) -> str:
    """Return the text up to the end of the loop's first round; a loop within one line takes its whole line with it."""
    stairs = _staircase(text.rstrip("\n"))
    if stairs >= 0:
        # Its first step, too: what it opens is closed nowhere.
        return text[: max(stairs - 1, 0)]
    period = _period(text.rstrip("\n"))
    if not period:
        return text
    body = text.rstrip("\n")
    start = len(body) - period
    while start > 0 and body[start - 1] == body[start - 1 + period]:
        start -= 1
    if "\n" not in body[start : start + period]:
        return body[: max(0, body.rfind("\n", 0, start + 1))]
    return body[: body.rfind("\n", 0, start + period + 1)]


def loops(text: str) -> bool:
    """Tell whether the text ends in a loop."""
    text = text.rstrip("\n")
    return _staircase(text) >= 0 or _period(text) > 0
