"""How far a conversion has come."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass


class Stage(str, enum.Enum):
    """What is being done."""

    WAITING = "waiting"
    """For another process that makes the same model."""
    CONVERTING = "converting"
    CHECKING = "checking"
    INSTALLING = "installing"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step of a conversion."""

    stage: Stage
    text: str = ""
    """What the tool does just now; empty where a stage begins."""


Report = Callable[[Progress], None]
