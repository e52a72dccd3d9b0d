"""How many prompts are kept, and how many tokens a prefill step takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from phi_providers.engines.openvino_sizes import CHUNK_S, LEAST_CHUNK, chunk_tokens
from phi_providers.models.kv_pool import Shape, kept_contexts, token_bytes


def read_shape(folder: Path, model: dict[str, Any], context: int) -> Shape:
    """Return the shape of the model in genai_config.json; raises OSError, ValueError or KeyError."""
    decoder = model["decoder"]
    heads = int(decoder["num_attention_heads"])
    return Shape(
        layers=int(decoder["num_hidden_layers"]),
        kv_heads=int(decoder.get("num_key_value_heads") or heads),
        head_size=int(decoder.get("head_size") or int(decoder["hidden_size"]) // heads),
        weight_bytes=sum(file.stat().st_size for file in folder.iterdir() if file.is_file()),
        context=context,
    )


def lanes(shape: Shape) -> int:
    """Return how many prompts are kept side by side: 2 to 8, as many as a GB holds, in FP32 and at full length."""
    return kept_contexts(token_bytes(shape, 4) * shape.context)


class Pace:
    """The length of the next prefill step, by the time that the last one took.

    A step cannot be stopped and holds the interpreter lock, and a machine that compiles is several times slower than
    the one that was measured at loading.
    """

    def __init__(self, rate: float, shape: Shape, fixed: int = 0) -> None:
        self._longest = fixed or max(chunk_tokens(rate, shape), LEAST_CHUNK)
        self._fixed = bool(fixed)
        self.tokens = self._longest

    def took(self, tokens: int, seconds: float) -> None:
        """Take notice of a step; a short one, at the end of a prompt, tells nothing."""
        if self._fixed or tokens < LEAST_CHUNK:
            return
        right = int(tokens / seconds * CHUNK_S) // LEAST_CHUNK * LEAST_CHUNK
        self.tokens = max(LEAST_CHUNK, min(self._longest, right, 2 * self.tokens))
