"""A suggestion cache with one suggestion in it, asked in drawn documents."""

from __future__ import annotations

from pure.drawn_snapshot import draw

from phi_ls.caches.suggestions import Suggestions


def remembering(document: str, text: str, language: str = "python", *, eol: str = "\n") -> Suggestions:
    """Return a cache that knows this suggestion at the cursor of the drawn document."""
    suggestions = Suggestions()
    suggestions.put(draw(document, language, eol=eol), text, raw=text)
    return suggestions


def served(suggestions: Suggestions, document: str, language: str = "python", *, eol: str = "\n") -> str | None:
    """Return what the cache serves at the cursor of the drawn document."""
    hit = suggestions.lookup(draw(document, language, eol=eol))
    return hit.text if hit else None
