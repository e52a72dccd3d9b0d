"""How large the KV pool and a prefill chunk should be, from the model's shape and its device."""

from __future__ import annotations

import json
from pathlib import Path

from phi_providers.models.kv_pool import POOL_BYTES, Shape, coded_token_bytes, kept_contexts, token_bytes

BLOCK_TOKENS = {"CPU": 32, "GPU": 16}
"""Tokens in a KV block, fixed by the engine."""

CHUNK_S = 0.25
"""A prefill step should take no longer: it cannot be stopped."""

LEAST_CHUNK = 32

SEED_RATE = 260 * 0.55e9
"""Prefilled tokens per second times bytes of weights: 260 tok/s at 0.55 GB of int4 on two CPU cores."""

GPU_FACTOR = 8
"""Slowest published integrated GPU against two cores, rounded down: 450 tok/s at 2.15 GB."""


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


def kv_token_bytes(shape: Shape, *, full_precision: bool) -> int:
    """Return what a token takes in the KV pool."""
    return token_bytes(shape, 4) if full_precision else coded_token_bytes(shape)


def kv_blocks(shape: Shape, block_tokens: int, *, full_precision: bool, pool_bytes: int = POOL_BYTES) -> int:
    """Return the number of blocks of the KV pool: 2 to 8 full contexts, as many as `pool_bytes` hold."""
    context_bytes = kv_token_bytes(shape, full_precision=full_precision) * shape.context
    return kept_contexts(context_bytes, pool_bytes) * -(-shape.context // block_tokens)


def seed_rate(shape: Shape, device: str) -> float:
    """Return the expected prefill rate, in tokens per second, before anything was measured."""
    return SEED_RATE / max(shape.weight_bytes, 1) * (GPU_FACTOR if device.startswith("GPU") else 1)


def chunk_tokens(rate: float, shape: Shape) -> int:
    """Return the tokens of one prefill step at this rate, a multiple of 32 and so of every block size.

    It must be whole blocks: the engine files a block under its full content when the step begins.
    """
    longest = -(-shape.context // LEAST_CHUNK) * LEAST_CHUNK
    return max(LEAST_CHUNK, min(longest, int(rate * CHUNK_S) // LEAST_CHUNK * LEAST_CHUNK))
