"""Where no model is asked: cheap refusals before any context is gathered."""

from __future__ import annotations

import re
import unicodedata

from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop, Reason
from phi_ls.ghost_text.languages import PROSE
from phi_ls.ghost_text.nesting import COMMENT, marks

_CLOSES_ONLY = re.compile(r"[\s)\]}>\"'`,;:{]*(?:</[\w.:-]*>|\*/|-->)*[\s)\]}>;,]*")
"""What an editor puts right of the cursor by itself, and what a line ends in: `) {`, `'):`, `</li>`, `*/`."""
_LONGEST_CLOSING = 80
"""Characters; no editor closes more by itself."""
_WORD_OF_DATA = 24
"""Characters without a blank, in a string, from which on it is an address, a key or a hash."""


def refuse(snapshot: Snapshot, *, invoked: bool, just_deleted: bool) -> Drop | None:
    """Return why no suggestion should be made here, or None.

    `invoked`: the user asked for one. That outweighs every guess about what disturbs, so it lifts all refusals but one:
    inside a word there is no right suggestion, since whatever is inserted runs into the word's second half.
    """
    if _inside_word(snapshot):
        return Drop(reason=Reason.MID_WORD, detail="The cursor is inside a word.")
    if invoked:
        return None
    if just_deleted:
        return Drop(reason=Reason.JUST_DELETED, detail="Text was just deleted; it would often be suggested again.")
    if len(snapshot.after) > _LONGEST_CLOSING or _CLOSES_ONLY.fullmatch(snapshot.after) is None:
        return Drop(reason=Reason.TEXT_TO_THE_RIGHT, detail="There is text right of the cursor.")
    if _inside_data(snapshot):
        return Drop(
            reason=Reason.INSIDE_STRING,
            detail="The cursor is in an address, a key or the like, which a model can only make up.",
        )
    return None


def _inside_word(snapshot: Snapshot) -> bool:
    left, right = snapshot.before[-1:], snapshot.after[:1]
    return _in_identifier(left, snapshot.language) and _in_identifier(right, snapshot.language)


def _in_identifier(character: str, language: str) -> bool:
    """Tell whether the character belongs to words that blanks set apart; Chinese and Japanese text has none."""
    if not character or unicodedata.east_asian_width(character) in "WF":
        return False
    dollar = character == "$" and language in ("javascript", "javascriptreact", "typescript", "typescriptreact", "php")
    return dollar or f"a{character}".isidentifier()


def _inside_data(snapshot: Snapshot) -> bool:
    """Tell whether the cursor is in a string right behind something that no model can know. Other strings are worth a
    suggestion: messages, queries, keys that occur in the file."""
    if snapshot.language in PROSE:
        return False
    inside = marks(snapshot.before, snapshot.language)[1]
    if not inside or inside == COMMENT:
        return False
    run = re.split(rf"[\s(){{}}<>,]|{re.escape(inside)}", snapshot.before)[-1]
    return "://" in run or len(run) >= _WORD_OF_DATA
