"""What a model wrote about a piece of code."""

from __future__ import annotations

from dataclasses import dataclass

from phi_providers.messages import ModelProfile, Usage


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The text as the model wrote it: whoever shows it must treat it as hostile."""

    text: str
    model: str
    note: str = ""
    """What the user must know about answers of this model."""
    cached: bool = False
    finish_reason: str = "stop"
    device: str = ""
    """On which it was written."""
    profile: ModelProfile | None = None
    usage: Usage | None = None
