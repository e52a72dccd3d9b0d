"""Phi-3's arithmetic written out in numpy, in any precision: what an engine must compute from the same weights.

Slow and plain on purpose; it shares no code with any engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Union

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
Kept = list[tuple[Floats, Floats]]
"""Keys and values of the tokens so far, layer by layer."""


class Weights(Protocol):
    """Tensors by the names that transformers has for them."""

    def __contains__(self, name: str) -> bool: ...

    def read(self, name: str) -> NDArray[np.float32]:
        """Return a tensor."""


class Phi3:
    """A model; `kind` is the type of all numbers that are computed."""

    def __init__(
        self, weights: Weights, config: Mapping[str, Any], kind: Union[type[np.float32], type[np.float64]]
    ) -> None:
        self._kind = kind
        self._read = weights.read
        self._known: dict[str, Floats] = {}
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._kv_heads = int(config.get("num_key_value_heads") or self._heads)
        self._size = int(config["hidden_size"]) // self._heads
        self._epsilon = float(config["rms_norm_eps"])
        self._theta = float((config.get("rope_parameters") or config)["rope_theta"])
        self._head = "lm_head" if "lm_head.weight" in weights else "model.embed_tokens"

    def logits(self, ids: Sequence[int], kept: Kept) -> Floats:
        """Return the logits after each of the ids, which follow the tokens kept; these are kept, too."""
        return self._linear(self._head, self._norm("model.norm", self._hidden(ids, kept)))

    def last_logits(self, ids: Sequence[int], kept: Kept) -> Floats:
        """Return those after the last one alone."""
        return self._linear(self._head, self._norm("model.norm", self._hidden(ids, kept)[-1:]))[0]

    def _hidden(self, ids: Sequence[int], kept: Kept) -> Floats:
        hidden = self._weight("model.embed_tokens")[list(ids)]
        angles = self._angles(kept[0][0].shape[1] if kept else 0, len(ids))
        for layer in range(self._layers):
            at = f"model.layers.{layer}"
            mixed = self._attention(layer, self._norm(f"{at}.input_layernorm", hidden), angles, kept)
            hidden = hidden + self._linear(f"{at}.self_attn.o_proj", mixed)
            normed = self._norm(f"{at}.post_attention_layernorm", hidden)
            gate, up = np.split(self._linear(f"{at}.mlp.gate_up_proj", normed), 2, axis=-1)
            hidden = hidden + self._linear(f"{at}.mlp.down_proj", gate / (1 + np.exp(-gate)) * up)
        return hidden

    def _attention(self, layer: int, hidden: Floats, angles: Floats, kept: Kept) -> Floats:
        count, (heads, shared, size) = len(hidden), (self._heads, self._kv_heads, self._size)
        packed = self._linear(f"model.layers.{layer}.self_attn.qkv_proj", hidden)
        packed = packed.reshape(count, heads + 2 * shared, size).transpose(1, 0, 2)
        queries, keys, values = np.split(packed, [heads, heads + shared])
        queries, keys = _rotated(queries, angles), _rotated(keys, angles)
        if layer < len(kept):
            keys, values = (np.concatenate(pair, axis=1) for pair in zip(kept[layer], (keys, values), strict=True))
            kept[layer] = (keys, values)
        else:
            kept.append((keys, values))
        keys, values = (np.repeat(each, heads // shared, axis=0) for each in (keys, values))
        scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(self._kind(size))
        scores = scores + np.triu(np.full((count, keys.shape[1]), -np.inf, self._kind), 1 + keys.shape[1] - count)
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = shares / shares.sum(axis=-1, keepdims=True) @ values
        return np.asarray(mixed.transpose(1, 0, 2).reshape(count, heads * size), self._kind)

    def _angles(self, start: int, count: int) -> Floats:
        rates = self._theta ** -(np.arange(0, self._size, 2, dtype=np.float64) / self._size)
        return np.outer(np.arange(start, start + count), rates).astype(self._kind)

    def _weight(self, name: str) -> Floats:
        if name not in self._known:
            self._known[name] = self._read(f"{name}.weight").astype(self._kind)
        return self._known[name]

    def _linear(self, name: str, values: Floats) -> Floats:
        return np.asarray(values @ self._weight(name).T)

    def _norm(self, name: str, hidden: Floats) -> Floats:
        mean = np.mean(hidden**2, axis=-1, keepdims=True)
        return np.asarray(hidden / np.sqrt(mean + self._epsilon) * self._weight(name), self._kind)


def _rotated(values: Floats, angles: Floats) -> Floats:
    first, second = np.split(values, 2, axis=-1)
    cos, sin = np.cos(angles), np.sin(angles)
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)
