"""What can go wrong while a model is fetched, in words for the user."""

from __future__ import annotations

from phi_providers.models.manifest import ModelError


class PullFailed(ModelError):
    """The model was not installed: what failed and what to do."""


class Cancelled(PullFailed):
    """The user does not want it any more; what was fetched is kept for the next attempt."""

    def __init__(self) -> None:
        super().__init__("cancelled; the same command goes on from here")


class TryAgain(Exception):
    """A transfer ended early or was refused for now; what arrived is kept."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        """How long the hub asks to wait; None where it does not say."""
