"""Brackets and quotes that an editor closes by itself while a person types."""

from __future__ import annotations

OPENERS = {")": "(", "]": "[", "}": "{", ">": "<", '"': '"', "'": "'", "`": "`"}
"""Closer → opener."""


def closes(inserted: str, typed: str) -> bool:
    """Tell whether an editor has put these closers there by itself: only for what was typed, and one for each."""
    return all(closer in OPENERS and typed.count(OPENERS[closer]) >= inserted.count(closer) for closer in set(inserted))
