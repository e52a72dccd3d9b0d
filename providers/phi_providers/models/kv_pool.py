"""How much memory keys and values take, and how many contexts of them are kept, from a model's shape.

What is kept is what a person comes back to: the windows of the files that are being edited side by side, and what is
being explained. Each that is gone costs its whole prefill again.
"""

from __future__ import annotations

from dataclasses import dataclass

POOL_BYTES = 1 << 30
"""Where nobody can tell what is free."""
FREE_SHARE = 2
"""One part in so many of what is free beside the weights and the runtime. The rest is for the user's own programs: a
build takes its memory after this has been decided. The engine takes what it fills, not what it may fill."""
MOST_CONTEXTS = 8
"""Seven files and an explanation, all at their longest. A window that has been idle for longer than it takes to work in
so many is mostly stale."""
LEAST_CONTEXTS = 2
"""One prompt for typing and one for the rest stay warm side by side on any model."""

HEAD_OVERHEAD = 12
"""Bytes of scales for each head and token at 8 bits a value (measured: 3,648 bytes a token at 6 layers x 4 heads x 64).
"""


@dataclass(frozen=True)
class Shape:
    """What the sizes depend on."""

    layers: int
    kv_heads: int
    head_size: int
    weight_bytes: int
    context: int


def token_bytes(shape: Shape, value_bytes: int) -> int:
    """Return what the keys and values of one token take, in numbers of so many bytes."""
    return 2 * shape.layers * shape.kv_heads * shape.head_size * value_bytes


def coded_token_bytes(shape: Shape) -> int:
    """Return the same where each value is an 8-bit code, as OpenVINO has it on a CPU."""
    return 2 * shape.layers * shape.kv_heads * (shape.head_size + HEAD_OVERHEAD)


def pool_bytes(free: int | None, other: int) -> int:
    """Return what the pool may take of `free` bytes, of which `other` are needed for weights and runtime."""
    return POOL_BYTES if free is None else max(0, free - other) // FREE_SHARE


def kept_contexts(context_bytes: int, pool_bytes: int = POOL_BYTES) -> int:
    """Return how many full contexts are kept: 2 to 8, as many as `pool_bytes` hold."""
    return max(LEAST_CONTEXTS, min(MOST_CONTEXTS, pool_bytes // context_bytes))
