"""The places that a pool may have, and the order in which each who waits prefers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phi_providers.messages import Load, ModelProfile, Urgency


def any_speed(_order: Load, _profile: ModelProfile) -> bool:
    """Whatever has been measured is quick enough."""
    return True


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who answers whom: two orders over the same places, so that an explanation may leave typing its device."""

    typing: tuple[Load, ...]
    asking: tuple[Load, ...]
    """For everybody who does not type."""
    bridge: Load | None = None
    """One that loads in a moment: it answers those who type while a better place loads, the others only when no better
    place is left, for an answer worth reading is worth waiting for."""
    quick: Callable[[Load, ModelProfile], bool] = any_speed
    """Whether a model, as it was measured here, can keep up with somebody who types; one that cannot is the last choice
    for typing."""

    def order(self, urgency: Urgency) -> tuple[Load, ...]:
        """Return the places for a request of this urgency, the preferred one first."""
        return self.typing if urgency is Urgency.TYPING else self.asking

    @property
    def loads(self) -> list[Load]:
        """All places, each once."""
        places = list(self.typing)
        for load in (*self.asking, *([self.bridge] if self.bridge else [])):
            if load not in places:
                places.append(load)
        return places


def one_order(loads: Sequence[Load]) -> Plan:
    """Return the plan in which everybody prefers the same places."""
    return Plan(typing=tuple(loads), asking=tuple(loads))
