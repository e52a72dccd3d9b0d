"""Remembers prompts that workers died of."""

from __future__ import annotations

from collections import Counter

from phi_providers.errors import PromptRefused

DEADLY_AFTER = 2
"""Deaths with the same prompt before it is refused for the rest of the session."""


class DeadlyPrompts:
    """Counts deaths by the prompt's digest; never holds the prompt."""

    def __init__(self) -> None:
        self._deaths: Counter[bytes] = Counter()

    def note(self, digest: bytes) -> None:
        """A worker died while it worked on this prompt."""
        self._deaths[digest] += 1

    def check(self, digest: bytes) -> None:
        """Raise PromptRefused if the prompt has ended too many workers."""
        if self._deaths[digest] >= DEADLY_AFTER:
            raise PromptRefused(f"this prompt ended {DEADLY_AFTER} workers and is not tried again in this session")
