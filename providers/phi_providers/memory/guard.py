"""Refuses a model that the memory which is free cannot hold, before anything is loaded."""

from __future__ import annotations

from pathlib import Path

from phi_providers.memory.need import Need, need
from phi_providers.memory.place import Free, free_for
from phi_providers.messages import Load
from phi_providers.sizes import size_text


def shortage(order: Load) -> str:
    """Return why the memory is not enough for a model, and what to do; empty where it is, or where nobody can tell.

    Reads files and may ask a driver, which takes two seconds at most.
    """
    needed = need(order)
    free = free_for(order) if needed else None
    return refusal(order, needed, free) if needed and free and needed.total > free.bytes else ""


def refusal(order: Load, needed: Need, free: Free) -> str:
    """Return one sentence: what the model needs, what is free, and which smaller variant there is."""
    weights, cache, runtime = (size_text(size) for size in (needed.weights, needed.cache, needed.runtime))
    parts = f"{weights} weights, {cache} keys and values, {runtime} runtime"
    has = f"model {order.model.id} needs {size_text(needed.total)} of memory ({parts})"
    lacks = f"{size_text(free.bytes)} are free{free.where}"
    return f"{has} and {lacks}; close other programs{_smaller(order, needed, free)}"


def _smaller(order: Load, needed: Need, free: Free) -> str:
    # On demand: no catalogue is read as long as everything fits.
    from phi_providers.memory.smaller import smaller_variant

    smaller = smaller_variant(order, needed.total, free.bytes, Path(order.model.path).parent)
    if smaller is None:
        return ""
    command = "use" if smaller.installed else "pull"
    takes = f"needs {size_text(smaller.needed_bytes)}"
    return f" or use the smaller {smaller.id}, which {takes} (`phi-ls models {command} {smaller.id}`)"
