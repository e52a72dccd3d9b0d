"""The pool at one moment, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from phi_providers.messages import ModelProfile
from phi_providers.worker_client import State, WorkerClient


@dataclass(frozen=True, kw_only=True)
class WorkerStatus:
    """One worker, as the status shows it."""

    engine: str
    device: str
    model: str
    pid: int | None
    state: str
    stage: str
    profile: ModelProfile | None = None


@dataclass(frozen=True, kw_only=True)
class PoolStatus:
    """The pool at one moment."""

    queue: int
    busy: bool
    workers: tuple[WorkerStatus, ...]
    trouble: str = ""
    """Why nothing can be answered now, or why a fallback answers; empty when all is well."""
    lost: str = ""
    """Why workers ended in whose place others are being started, or have answered nothing yet."""


def worker_status(client: WorkerClient) -> WorkerStatus:
    """Return one worker's status."""
    return WorkerStatus(
        engine=client.order.engine,
        device=client.profile.device if client.profile else client.order.device,
        model=client.order.model.id,
        pid=client.pid,
        state=client.state.value,
        stage=client.stage if client.state in (State.STARTING, State.LOADING) else "",
        profile=client.profile,
    )
