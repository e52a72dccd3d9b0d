"""Sizes in bytes as people read them, with the decimal mark of their language."""

from __future__ import annotations

from phi_ls.messages.text import Text, say
from phi_providers.sizes import GIGABYTE, MEGABYTE


def size_of(size: int) -> Text:
    """Return what `phi_providers.sizes.size_text` says, for users of all languages."""
    if size >= GIGABYTE:
        return say("{size:.1f} GB", size=size / GIGABYTE)
    return say("{size:.0f} MB", size=size / MEGABYTE)
