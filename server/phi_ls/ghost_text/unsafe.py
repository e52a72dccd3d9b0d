"""Characters that no suggestion may bring into a document: they hide code, reorder it or drive a terminal."""

from __future__ import annotations

import unicodedata

from phi_ls.context.snapshot import Snapshot

_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OTHERS = frozenset("\ufeff\ufffd\ufff9\ufffa\ufffb")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
"""Drawn as nothing although their categories are those of letters and marks (Default_Ignorable_Code_Point)."""


def _never(character: str) -> bool:
    code = ord(character)
    return (
        (unicodedata.category(character) in _REFUSED_CATEGORIES and character not in "\t\n")
        or character in _BIDI
        or character in _OTHERS
        or 0xE0000 <= code <= 0xE007F  # tags: an invisible copy of ASCII
        or code & 0xFFFE == 0xFFFE  # noncharacters
        or 0xFDD0 <= code <= 0xFDEF
    )


def _unseen(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character) == "Cf"
        or character in _INVISIBLE
        or 0xFE00 <= code <= 0xFE0F  # variation selectors carry hidden bytes as easily as they choose an emoji's look
        or 0xE0100 <= code <= 0xE01EF
        or code == 0x2065
    )


def unsafe_character(snapshot: Snapshot, text: str) -> str:
    """Return the name (`U+202E`) of a character for which the text must be refused, or an empty string.

    Line endings are expected as `\\n`. Zero-width characters pass where the document has the same one already: joiners
    are spelling in Persian and in emoji.
    """
    for character in sorted(set(text)):
        if character.isascii() and character.isprintable():
            continue
        if _never(character) or (_unseen(character) and not any(character in line for line in snapshot.lines)):
            return f"U+{ord(character):04X}"
    return ""
