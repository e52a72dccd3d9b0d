"""Cuts brackets that nobody opened, and what can't stand between brackets that are closed already."""

from __future__ import annotations

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.languages import LOOSE_BRACKETS
from phi_ls.ghost_text.nesting import CLOSER_OF, Mark, marks, owed


def cut_brackets(snapshot: Snapshot, text: str) -> str:
    """Cut the text at a closing bracket without an opener in it, unless the document still lacks just that one.

    In a line whose right side is written already, an opener or a quote that stays open is cut, too: whatever closes the
    cursor's brackets would close that one instead.
    """
    if snapshot.language in LOOSE_BRACKETS:
        return text
    outer = marks(snapshot.before, snapshot.language)[1]
    found, inside = marks(text, snapshot.language, outer)
    end, own = _pair(found, owed(snapshot) if any(not mark.opens and mark.is_bracket for mark in found) else ())
    if end is not None:
        return text[:end]
    if "\n" in text or not snapshot.after.strip():
        return text  # a line may well end in an opener or in the middle of a call
    if inside != outer and inside in ('"', "'", "`"):
        own.append(max(mark.position for mark in found if mark.opens and not mark.is_bracket))
    return text[: min(own, default=len(text))]


def _pair(found: list[Mark], lacking: tuple[str, ...]) -> tuple[int | None, list[int]]:
    """Return the offset of the first closer that is not allowed, and the offsets of openers that stay open."""
    own: list[Mark] = []
    for mark in found:
        if not mark.is_bracket:
            continue
        if mark.opens:
            own.append(mark)
        elif own:
            if CLOSER_OF[own[-1].symbol] != mark.symbol:
                return mark.position, []
            own.pop()
        elif lacking[:1] == (mark.symbol,):
            lacking = lacking[1:]
        else:
            return mark.position, []
    return None, [mark.position for mark in own]
