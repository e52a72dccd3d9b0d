"""How much memory an engine may fill with keys and values, by what is free when its model is loaded."""

from __future__ import annotations

from phi_providers.memory.need import LIBRARIES, need
from phi_providers.memory.place import free_for
from phi_providers.messages import Load
from phi_providers.models.kv_pool import Shape, pool_bytes


def kv_budget(order: Load, shape: Shape) -> int:
    """Return the bytes for the keys and values of all prompts together; `order` names the device that was chosen."""
    free, needed = free_for(order), need(order)
    other = needed.weights + needed.runtime if needed else shape.weight_bytes + LIBRARIES
    return pool_bytes(free.bytes if free else None, other)
