"""What every engine is held to: Phi-3's arithmetic written down in numpy, FP32, each prompt from nothing.

Slow and plain on purpose; it shares no code with any engine. Torch's answers are compared with it like all others, so
whoever agrees with it agrees with torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phi_providers.models.openvino_ir import IrWeights
from phi_providers.token_engine import EngineFacts, Step, Work

Floats = NDArray[np.float32]


class NumpyEngine:
    """A TokenEngine without a cache. `margins`: how sure the last run was of each token it gave."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        weights = IrWeights(folder)
        self._weights = {name: weights.read(name) for name in weights.names}
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._kv_heads = int(config.get("num_key_value_heads") or self._heads)
        self._size = int(config["hidden_size"]) // self._heads
        self._epsilon = float(config["rms_norm_eps"])
        rotary = config.get("rope_parameters") or config
        self._theta = float(rotary["rope_theta"])
        self.margins: list[float] = []

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Nothing is left to do."""
        return EngineFacts(engine="numpy", version=np.__version__, device="CPU", requested="CPU")

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Compute the whole prompt at once, then token by token."""
        self.margins = []
        kept: list[tuple[Floats, Floats]] = []
        scores = self._forward(list(ids), kept, 0)
        for count in range(max_new_tokens):
            second, first = np.partition(scores, -2)[-2:]
            token = int(scores.argmax())
            self.margins.append(float(first - second))
            if not step([(token, float(first))]) or token in stop_ids or count + 1 == max_new_tokens:
                break
            scores = self._forward([token], kept, len(ids) + count)
        return Work(prefill_steps=1)

    def _forward(self, ids: list[int], kept: list[tuple[Floats, Floats]], start: int) -> Floats:
        """Add tokens; return the log-probabilities of what follows the last one."""
        hidden = self._weights["model.embed_tokens.weight"][ids]
        angles = self._angles(start, len(ids))
        for layer in range(self._layers):
            at = f"model.layers.{layer}"
            mixed = self._attention(layer, self._norm(f"{at}.input_layernorm", hidden), angles, kept)
            hidden = hidden + self._linear(f"{at}.self_attn.o_proj", mixed)
            gate, up = np.split(self._gate_up(at, hidden), 2, axis=-1)
            hidden = hidden + self._linear(f"{at}.mlp.down_proj", gate / (1 + np.exp(-gate)) * up)
        last = self._norm("model.norm", hidden[-1:])
        tied = "lm_head.weight" not in self._weights
        scores = self._linear("model.embed_tokens" if tied else "lm_head", last)[0].astype(np.float64)
        return np.asarray(scores - scores.max() - np.log(np.exp(scores - scores.max()).sum()))

    def _gate_up(self, at: str, hidden: Floats) -> Floats:
        return self._linear(f"{at}.mlp.gate_up_proj", self._norm(f"{at}.post_attention_layernorm", hidden))

    def _attention(self, layer: int, hidden: Floats, angles: Floats, kept: list[tuple[Floats, Floats]]) -> Floats:
        count, (heads, shared, size) = len(hidden), (self._heads, self._kv_heads, self._size)
        packed = self._linear(f"model.layers.{layer}.self_attn.qkv_proj", hidden)
        packed = packed.reshape(count, heads + 2 * shared, size).transpose(1, 0, 2)
        queries, keys, values = np.split(packed, [heads, heads + shared])
        queries, keys = _rotate(queries, angles), _rotate(keys, angles)
        if layer < len(kept):
            keys, values = (np.concatenate(pair, axis=1) for pair in zip(kept[layer], (keys, values), strict=True))
            kept[layer] = (keys, values)
        else:
            kept.append((keys, values))
        keys, values = (np.repeat(each, heads // shared, axis=0) for each in (keys, values))
        scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(np.float32(size))
        ahead = np.triu(np.full((count, keys.shape[1]), -np.inf, np.float32), 1 + keys.shape[1] - count)
        shares = np.exp(scores + ahead - (scores + ahead).max(axis=-1, keepdims=True))
        mixed = shares / shares.sum(axis=-1, keepdims=True) @ values
        return np.asarray(mixed.transpose(1, 0, 2).reshape(count, heads * size), np.float32)

    def _angles(self, start: int, count: int) -> Floats:
        rates = self._theta ** -(np.arange(0, self._size, 2, dtype=np.float64) / self._size)
        return np.outer(np.arange(start, start + count), rates).astype(np.float32)

    def _linear(self, name: str, values: Floats) -> Floats:
        return values @ self._weights[f"{name}.weight"].T

    def _norm(self, name: str, hidden: Floats) -> Floats:
        mean = np.mean(hidden**2, axis=-1, keepdims=True)
        return np.asarray(hidden / np.sqrt(mean + self._epsilon) * self._weights[f"{name}.weight"], np.float32)


def _rotate(values: Any, angles: Floats) -> Floats:
    first, second = np.split(values, 2, axis=-1)
    cos, sin = np.cos(angles), np.sin(angles)
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)
