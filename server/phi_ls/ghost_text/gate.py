"""Where no model is asked: cheap refusals before any context is gathered."""

from __future__ import annotations

import re
import unicodedata

from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop, Reason
from phi_ls.ghost_text.languages import PROSE
from phi_ls.ghost_text.nesting import COMMENT, marks
from phi_ls.messages.text import say

_CLOSES_ONLY = re.compile(r"[\s)\]}>\"'`,;:{]*(?:</[\w.:-]*>|\*/|-->)*[\s)\]}>;,]*")
"""What an editor puts right of the cursor by itself, and what a line ends in: `) {`, `'):`, `</li>`, `*/`."""
_LONGEST_CLOSING = 80
"""Characters; no editor closes more by itself."""
_WORD_OF_DATA = 24
"""Characters without a blank, in a string, from which on it is an address, a key or a hash."""

_WORDS_OF_PROSE = 4
"""Words in a string from which on it is a sentence. In those the built-in model's line was right 10 times of 127, in
code 24 times of 118, at cursors behind a blank in installed packages."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[,.:;!?]?")
_QUERY = re.compile(
    r"\s*(?:select|insert\s+into|update\s+\S+\s+set|delete\s+from|(?:create|alter|drop)\s+\w+|with\s+\w+\s+as)\b", re.I
)
"""Beginnings of SQL, which is written in words as well, but follows from the code around it."""


def refuse(snapshot: Snapshot, *, invoked: bool, just_deleted: bool) -> Drop | None:
    """Return why no suggestion should be made here, or None.

    `invoked`: the user asked for one. That outweighs every guess about what disturbs, so it lifts all refusals but one:
    inside a word there is no right suggestion, since whatever is inserted runs into the word's second half.
    """
    if _inside_word(snapshot):
        return Drop(reason=Reason.MID_WORD, detail=say("The cursor is inside a word."))
    if invoked:
        return None
    if just_deleted:
        detail = say("Text was just deleted; it would often be suggested again.")
        return Drop(reason=Reason.JUST_DELETED, detail=detail)
    if len(snapshot.after) > _LONGEST_CLOSING or _CLOSES_ONLY.fullmatch(snapshot.after) is None:
        return Drop(reason=Reason.TEXT_TO_THE_RIGHT, detail=say("There is text right of the cursor."))
    if inside := _inside_string(snapshot):
        return Drop(reason=Reason.INSIDE_STRING, detail=inside)
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


def _inside_string(snapshot: Snapshot) -> str:
    """Return why nothing should be suggested in the string around the cursor, as a sentence; empty outside strings.

    Others are worth a suggestion: short messages, queries, keys that occur in the file, documentation.
    """
    if snapshot.language in PROSE:
        return ""
    found, inside = marks(snapshot.before, snapshot.language)
    if not inside or inside == COMMENT:
        return ""
    begun = max(mark.position for mark in found if mark.opens and not mark.is_bracket)
    if _is_data(snapshot.before, inside):
        return say("The cursor is in an address, a key or the like, which a model can only make up.")
    if len(inside) == 1 and _is_prose(snapshot.before[begun + 1 :]):
        return say("The cursor is in a sentence, which its writer alone knows the end of.")
    return ""


def _is_data(before: str, quote: str) -> bool:
    """Tell whether the text ends in something that no model can know."""
    run = re.split(rf"[\s(){{}}<>,]|{re.escape(quote)}", before)[-1]
    return "://" in run or len(run) >= _WORD_OF_DATA


def _is_prose(text: str) -> bool:
    """Tell whether a string's text so far is a sentence: mostly words, and some of them. Words in capitals are none."""
    if _QUERY.match(text):
        return False
    tokens = re.sub(r"\S*$", "", text).split()
    words = [token for token in tokens if _WORD.fullmatch(token) and not token[1:].isupper()]
    return len(words) >= _WORDS_OF_PROSE and 4 * len(words) >= 3 * len(tokens)
