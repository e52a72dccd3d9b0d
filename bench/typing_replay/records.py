"""What is noted of each key, and what the server counted meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Key:
    """One key, and what came of it before the next one."""

    kind: str
    """`type`, `delete`, `move`, `accept` or `accept word`."""
    at_ms: float
    """Since the file was opened."""
    typed: int = 0
    """Characters that the key has written."""
    accepted: int = 0
    """Characters that an accepted suggestion has written."""
    saved: int = 0
    """The same, less the keys for that: one, or one for each word."""
    asked: bool = False
    ms: float | None = None
    """From before the edit was sent until the answer had been read; None without an answer before the next key."""
    text: str = ""
    """The suggestion in the answer."""
    late_ms: float | None = None
    """The same for an answer that came after the next key; a cancelled request's is that of its refusal."""
    screen: str = ""
    """What stood on the screen when the next key was pressed."""
    replaced: bool = False
    """Whether the answer put another suggestion in the place of one that still fitted."""
    vanished: bool = False
    """Whether the answer took away a suggestion that still fitted."""

    reason: str = ""
    """Why there was no suggestion, as the server names it; empty where there was one, or nobody asked."""

    @property
    def answered(self) -> bool:
        """Whether the answer brought a suggestion before the next key."""
        return self.ms is not None and bool(self.text)


@dataclass(kw_only=True)
class Counts:
    """What server and workers counted, and the processor time they used."""

    requests: int = 0
    """Generations that the workers were given."""
    prompt_tokens: int = 0
    tokens_reused: int = 0
    new_tokens: int = 0
    shown: int = 0
    """Suggestions that the server sent; one that the editor did not wait for is among them."""
    hits: int = 0
    """Of them from the suggestion cache."""
    joined: int = 0
    """Of them from a generation that an earlier request had begun."""
    server_s: float = 0.0
    workers_s: float = 0.0

    def since(self, before: Counts) -> Counts:
        """Return what was added."""
        mine, theirs = vars(self), vars(before)
        return Counts(**{name: mine[name] - theirs[name] for name in mine})

    def plus(self, other: Counts) -> Counts:
        """Return the sums."""
        mine, theirs = vars(self), vars(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(kw_only=True)
class Played:
    """One trace in one configuration."""

    trace: str
    language: str
    keys: list[Key] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    in_place: Counts = field(default_factory=Counts)
    """Of them those after the first pause in each passage: the prompt of the new place is computed by then."""
    lost: int = 0
    """Accepted characters that were deleted again."""
