"""What a worker process is doing, as its parent sees it."""

from __future__ import annotations

import enum


class State(enum.Enum):
    """What a worker is doing."""

    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"
    DEAD = "dead"
