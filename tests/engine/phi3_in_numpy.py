"""Phi-3's arithmetic written out in double precision: what any engine must compute from the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def logits(read: Callable[[str], NDArray[np.float32]], config: dict[str, Any], ids: list[int]) -> Doubles:
    """Return the logits after each of the ids; `read` takes the name of a tensor as transformers has it."""
    hidden = read("model.embed_tokens.weight")[ids].astype(np.float64)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        normed = _norm(hidden, read(f"{at}.input_layernorm.weight"), config)
        mixed = _attention(normed @ _transposed(read(f"{at}.self_attn.qkv_proj.weight")), config)
        hidden = hidden + mixed @ _transposed(read(f"{at}.self_attn.o_proj.weight"))
        normed = _norm(hidden, read(f"{at}.post_attention_layernorm.weight"), config)
        gate, up = np.split(normed @ _transposed(read(f"{at}.mlp.gate_up_proj.weight")), 2, axis=1)
        hidden = hidden + (gate / (1 + np.exp(-gate)) * up) @ _transposed(read(f"{at}.mlp.down_proj.weight"))
    head = "model.embed_tokens.weight" if config["tie_word_embeddings"] else "lm_head.weight"
    result: Doubles = _norm(hidden, read("model.norm.weight"), config) @ _transposed(read(head))
    return result


def _transposed(matrix: NDArray[np.float32]) -> Doubles:
    return matrix.astype(np.float64).T


def _norm(values: Doubles, weight: NDArray[np.float32], config: dict[str, Any]) -> Doubles:
    mean = (values**2).mean(axis=-1, keepdims=True)
    scaled: Doubles = values / np.sqrt(mean + config["rms_norm_eps"]) * weight
    return scaled


def _attention(packed: Doubles, config: dict[str, Any]) -> Doubles:
    count, heads = len(packed), config["num_attention_heads"]
    query, key, value = (each.reshape(count, heads, -1).swapaxes(0, 1) for each in np.split(packed, 3, axis=1))
    theta = config["rope_parameters"]["rope_theta"]
    scores = _rotated(query, theta) @ _rotated(key, theta).swapaxes(1, 2) / np.sqrt(query.shape[-1])
    scores += np.triu(np.full((count, count), -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    mixed: Doubles = (weights @ value).swapaxes(0, 1).reshape(count, -1)
    return mixed


def _rotated(values: Doubles, theta: float) -> Doubles:
    size = values.shape[-1]
    angles = np.outer(np.arange(values.shape[1]), theta ** -(np.arange(0, size, 2) / size))
    angles = np.concatenate([angles, angles], axis=1)
    first, second = np.split(values, 2, axis=-1)
    rotated: Doubles = values * np.cos(angles) + np.concatenate([-second, first], axis=-1) * np.sin(angles)
    return rotated
