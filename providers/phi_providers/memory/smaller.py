"""Which smaller variant of a model there is, for one that does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phi_providers.catalogue.choice import needed_bytes
from phi_providers.catalogue.entries import Entry
from phi_providers.catalogue.reading import load
from phi_providers.hub.place import list_installed
from phi_providers.messages import Load
from phi_providers.models.manifest import ModelError


@dataclass(frozen=True, kw_only=True)
class SmallerVariant:
    """A variant of the same model that takes less."""

    id: str
    needed_bytes: int
    installed: bool


def smaller_variant(order: Load, needed: int, free: int, models: Path) -> SmallerVariant | None:
    """Return the best smaller variant for the same engine, or None.

    One that fits goes before one that is merely smaller, an installed one before one that would have to be fetched, and
    then the one that is nearest to the original.
    """
    here = {model.id for model in list_installed(models)}
    found = [
        SmallerVariant(id=entry.id, needed_bytes=needed_bytes(entry), installed=entry.id in here)
        for entry in _variants(order)
        if needed_bytes(entry) < needed
    ]
    fitting = [each for each in found if each.needed_bytes <= free]
    if not fitting:
        return min(found, key=lambda each: each.needed_bytes, default=None)
    return max(fitting, key=lambda each: (each.installed, each.needed_bytes))


def _variants(order: Load) -> list[Entry]:
    """Return the other variants of the order's model that run where it does; none for a model that is not listed."""
    try:
        listed = load()
    except ModelError:  # the refusal is worth more than its advice
        return []
    own = listed.find(order.model.id)
    if own is None:
        return []
    others = [Entry(model=own.model, variant=variant) for variant in own.model.variants if variant != own.variant]
    suits = set(own.variant.suits)
    return [entry for entry in others if entry.variant.engine == order.engine and suits & set(entry.variant.suits)]
