"""Why a suggestion was or was not shown: the reasons by name, and the last few decisions."""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass


class Reason(str, enum.Enum):
    """The named reasons of `phi-ls.whyNoSuggestion`; `SHOWN` is for the record and never reported as a reason."""

    SHOWN = "shown"
    DISABLED = "disabled"
    EXCLUDED = "excluded"
    TOO_LARGE = "tooLarge"
    BINARY = "binary"
    MID_WORD = "midWord"
    TEXT_TO_THE_RIGHT = "textToTheRight"
    INSIDE_STRING = "insideString"
    JUST_DELETED = "justDeleted"
    REJECTED_RECENTLY = "rejectedRecently"
    EMPTY = "empty"
    REPEATS_SUFFIX = "repeatsSuffix"
    REPEATS_LINES = "repeatsLines"
    UNBALANCED = "unbalanced"
    DEDENT = "dedent"
    PROSE_OR_FENCE = "proseOrFence"
    LOW_CONFIDENCE = "lowConfidence"
    UNSAFE_CHARACTERS = "unsafeCharacters"
    SUPERSEDED = "superseded"
    STALE = "stale"
    TIMEOUT = "timeout"
    NO_PROVIDER = "noProvider"


@dataclass(frozen=True, kw_only=True)
class Drop:
    """No suggestion, and why."""

    reason: Reason
    detail: str = ""
    """One sentence for the user. Never source text."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One request for a suggestion and what became of it. Positions as the client counts them."""

    time: str
    """ISO 8601, UTC."""
    uri: str
    line: int
    character: int
    reason: Reason
    detail: str = ""


class Decisions:
    """The last decisions, newest first."""

    def __init__(self, capacity: int = 50) -> None:
        self._ring: deque[Decision] = deque(maxlen=capacity)

    def record(self, decision: Decision) -> None:
        """Remember a decision; the oldest falls out."""
        self._ring.appendleft(decision)

    def latest(self, uri: str | None = None) -> list[Decision]:
        """Return the remembered decisions, newest first, of one document or of all."""
        return [decision for decision in self._ring if uri is None or decision.uri == uri]
