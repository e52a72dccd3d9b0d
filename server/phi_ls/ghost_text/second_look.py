"""Whether what is left of a suggestion, after some of it has been typed, is still worth showing.

The document is no longer the one that it was made for: an editor closes brackets and quotes by itself, and lines
further away may be others. So what is left passes the filters that look at the document once more. They drop and do not
cut: what a person types along must not change under the cursor.
"""

from __future__ import annotations

from phi_ls.context.snapshot import Snapshot
from phi_ls.ghost_text.brackets import cut_brackets
from phi_ls.ghost_text.nesting import CLOSER_OF, CLOSERS, marks
from phi_ls.ghost_text.surroundings import cut_suffix, repeats_above


def still_fits(snapshot: Snapshot, rest: str, *, typed: str, inserted: str) -> bool:
    r"""Tell whether the rest (lines joined by \n) may be inserted at the snapshot's cursor.

    Not if it is only what stands right of the cursor or right above it, or begins by closing what nobody has opened.
    `typed` is what stands in front of it in the suggestion, `inserted` what an editor has closed of that by itself.
    """
    if repeats_above(snapshot, rest):
        return False
    if rest.lstrip()[:1] in _own(snapshot, typed, inserted):
        return True  # the suggestion has opened it
    return bool(cut_brackets(snapshot, rest).strip() and cut_suffix(snapshot, rest).strip())


def _own(snapshot: Snapshot, typed: str, inserted: str) -> tuple[str, ...]:
    """Return the closer of the innermost bracket that is open in what was typed, unless it stands there already."""
    stack: list[str] = []
    for mark in marks(typed, snapshot.language)[0]:
        if mark.symbol in CLOSER_OF:
            stack.append(CLOSER_OF[mark.symbol])
        elif mark.symbol in CLOSERS and stack:
            stack.pop()
    for closer in inserted:
        if closer in stack:
            stack.remove(closer)
    return tuple(stack[-1:])
