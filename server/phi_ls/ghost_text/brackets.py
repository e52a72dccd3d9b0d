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
    end, own = _paired(snapshot, found)
    if end is not None:
        return text[:end]
    if "\n" in text or not snapshot.after.strip():
        return text  # a line may well end in an opener or in the middle of a call
    if inside != outer and inside in ('"', "'", "`"):
        own.append(max(mark.position for mark in found if mark.opens and not mark.is_bracket))
    return text[: min(own, default=len(text))]


def closes_too_much(snapshot: Snapshot, text: str) -> bool:
    """Tell whether a bracket in the text closes what nobody opened, so that nothing from there on is shown.

    Only where the cursor's line ends: what stands right of the cursor may belong to such a bracket.
    """
    if snapshot.language in LOOSE_BRACKETS or snapshot.after.strip():
        return False
    found, _ = marks(text, snapshot.language, marks(snapshot.before, snapshot.language)[1])
    return _paired(snapshot, found)[0] is not None


def _paired(snapshot: Snapshot, found: list[Mark]) -> tuple[int | None, list[int]]:
    closes = any(not mark.opens and mark.is_bracket for mark in found)
    return _pair(found, owed(snapshot) if closes else ())


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
