"""Refuses a model that the memory which is free cannot hold, before anything is loaded."""

from __future__ import annotations

from pathlib import Path

from phi_providers.memory.need import Need, need
from phi_providers.memory.place import Free, free_for
from phi_providers.messages import Load

GIGABYTE = 1000**3


def shortage(order: Load) -> str:
    """Return why the memory is not enough for a model, and what to do; empty where it is, or where nobody can tell.

    Reads files and may ask a driver, which takes two seconds at most.
    """
    needed = need(order)
    free = free_for(order) if needed else None
    return refusal(order, needed, free) if needed and free and needed.total > free.bytes else ""


def refusal(order: Load, needed: Need, free: Free) -> str:
    """Return one sentence: what the model needs, what is free, and which smaller variant there is."""
    parts = f"{_size(needed.weights)} weights, {_size(needed.cache)} keys and values, {_size(needed.runtime)} runtime"
    has = f"model {order.model.id} needs {_size(needed.total)} of memory ({parts})"
    return f"{has} and {_size(free.bytes)} are free{free.where}; close other programs{_smaller(order, needed, free)}"


def _smaller(order: Load, needed: Need, free: Free) -> str:
    # On demand: no catalogue is read as long as everything fits.
    from phi_providers.memory.smaller import smaller_variant

    smaller = smaller_variant(order, needed.total, free.bytes, Path(order.model.path).parent)
    if smaller is None:
        return ""
    command = "use" if smaller.installed else "pull"
    takes = f"needs {_size(smaller.needed_bytes)}"
    return f" or use the smaller {smaller.id}, which {takes} (`phi-ls models {command} {smaller.id}`)"


def _size(size: int) -> str:
    return f"{size / GIGABYTE:.1f} GB" if size >= GIGABYTE else f"{size / 1000**2:.0f} MB"
