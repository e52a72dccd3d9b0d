"""How large the KV pool and a prefill chunk should be, from the model's shape and its device."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

BLOCK_TOKENS = {"CPU": 32, "GPU": 16}
"""Tokens in a KV block, fixed by the engine."""

POOL_BYTES = 1 << 30
MOST_CONTEXTS = 8
LEAST_CONTEXTS = 2
"""One prompt for typing and one for the rest stay warm side by side on any model."""

CHUNK_S = 0.25
"""A prefill step should take no longer: it cannot be stopped."""

LEAST_CHUNK = 32

SEED_RATE = 260 * 0.55e9
"""Prefilled tokens per second times bytes of weights: 260 tok/s at 0.55 GB of int4 on two CPU cores."""

GPU_FACTOR = 8
"""Slowest published integrated GPU against two cores, rounded down: 450 tok/s at 2.15 GB."""


@dataclass(frozen=True)
class Shape:
    """What the sizes depend on."""

    layers: int
    kv_heads: int
    head_size: int
    weight_bytes: int
    context: int


def read_shape(folder: Path, context: int) -> Shape:
    """Read config.json and the size of the weights; raises OSError, ValueError or KeyError."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    heads = int(config["num_attention_heads"])
    return Shape(
        layers=int(config["num_hidden_layers"]),
        kv_heads=int(config.get("num_key_value_heads") or heads),
        head_size=int(config.get("head_dim") or config["hidden_size"] // heads),
        weight_bytes=(folder / "openvino_model.bin").stat().st_size,
        context=context,
    )


def kv_blocks(shape: Shape, block_tokens: int, *, full_precision: bool, pool_bytes: int = POOL_BYTES) -> int:
    """Return the number of blocks of the KV pool: 2 to 8 full contexts, as many as `pool_bytes` hold."""
    # Eight bits a value, and 12 bytes of scales for each head and token (measured: 3,648 bytes a token at 6 x 4 x 64).
    head_bytes = 4 * shape.head_size if full_precision else shape.head_size + 12
    token_bytes = 2 * shape.layers * shape.kv_heads * head_bytes
    contexts = pool_bytes // (token_bytes * shape.context)
    blocks = -(-shape.context // block_tokens)
    return max(LEAST_CONTEXTS, min(MOST_CONTEXTS, contexts)) * blocks


def seed_rate(shape: Shape, device: str) -> float:
    """Return the expected prefill rate, in tokens per second, before anything was measured."""
    return SEED_RATE / max(shape.weight_bytes, 1) * (GPU_FACTOR if device.startswith("GPU") else 1)


def chunk_tokens(rate: float, shape: Shape) -> int:
    """Return the tokens of one prefill step at this rate, a multiple of 32 and so of every block size.

    It must be whole blocks: the engine files a block under its full content when the step begins.
    """
    longest = -(-shape.context // LEAST_CHUNK) * LEAST_CHUNK
    return max(LEAST_CHUNK, min(longest, int(rate * CHUNK_S) // LEAST_CHUNK * LEAST_CHUNK))
