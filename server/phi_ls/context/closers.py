"""Brackets and quotes that an editor closes by itself while a person types."""

from __future__ import annotations

import re

OPENERS = {")": "(", "]": "[", "}": "{", ">": "<", '"': '"', "'": "'", "`": "`"}
"""Closer → opener."""

_CLOSING = re.compile(r"""(?:\s*(?:[)\]}>"'`;,]|</[\w.:-]*>))+(?=[ \t]*(?:\n|$))""")
"""Lines of closers, from the cursor on: what an editor inserts, overtypes and pushes down without being asked."""


def closes(inserted: str, typed: str) -> bool:
    """Tell whether an editor has put these closers there by itself: only for what was typed, and one for each."""
    return all(closer in OPENERS and typed.count(OPENERS[closer]) >= inserted.count(closer) for closer in set(inserted))


def beyond_closers(after: str) -> str:
    """Return the text after the cursor without what only closes; all of it where something else is on those lines.

    It stays the same while an editor closes brackets and tags, splits them at Enter and lets them be typed over.
    """
    closing = _CLOSING.match(after)
    return after[closing.end() :] if closing else after
