"""The fixed shapes of the NPU's pipeline: longest prompt, chunk of prefill, prefix cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from phi_providers.engines.openvino_sizes import CHUNK_S
from phi_providers.models.kv_pool import Shape, kept_contexts, token_bytes

CHUNK_TOKENS = 128
"""Every prompt costs a whole number of chunks. The smallest that the pipeline documents; a power of two."""

ANSWER_TOKENS = 64
"""MIN_RESPONSE_LEN: room after the longest prompt. Answers to shorter ones have what the prompt leaves as well."""

KV_BYTES = 2
"""Keys and values are 16-bit floating-point numbers."""


@dataclass(frozen=True, kw_only=True)
class NpuSizes:
    """What the model is compiled for."""

    chunk: int
    longest_prompt: int
    cached_chunks: int
    """Chunks that the prefix cache holds; 0: no prefix cache."""

    @property
    def capacity(self) -> int:
        """Tokens of prompt and answer."""
        return self.longest_prompt + ANSWER_TOKENS

    @property
    def cached_tokens(self) -> int:
        """Tokens that the prefix cache holds."""
        return self.cached_chunks * self.chunk

    def properties(self) -> dict[str, Any]:
        """Return the pipeline's properties.

        The chunk must be smaller than the longest prompt: otherwise the prefix cache is silently off. The number of
        blocks must be given: the default of 128 blocks of 256 tokens takes 12 GiB with Phi-3-mini.
        """
        caching: dict[str, Any] = {}
        if self.cached_chunks:
            caching = {
                "NPUW_LLM_ENABLE_PREFIX_CACHING": "YES",
                "NPUW_LLM_PREFIX_CACHING_BLOCK_SIZE": self.chunk,
                "NPUW_LLM_PREFIX_CACHING_MAX_NUM_BLOCKS": self.cached_chunks,
            }
        return {
            "MAX_PROMPT_LEN": self.longest_prompt,
            "MIN_RESPONSE_LEN": ANSWER_TOKENS,
            "NPUW_LLM_PREFILL_CHUNK_SIZE": self.chunk,
            **caching,
        }


def npu_sizes(shape: Shape, chunk: int = CHUNK_TOKENS, *, caching: bool = True) -> NpuSizes:
    """Return the sizes for a model: its whole context, and 2 to 8 contexts cached, as many as 1 GiB holds."""
    chunks = max(2, -(-shape.context // chunk))
    contexts = kept_contexts(token_bytes(shape, KV_BYTES) * chunks * chunk)
    return NpuSizes(chunk=chunk, longest_prompt=chunks * chunk, cached_chunks=contexts * chunks if caching else 0)


def chunks_per_call(rate: float, chunk: int) -> int:
    """Return how many chunks to prefill before asking whether the answer is still wanted, at `rate` tokens/s."""
    return max(1, int(rate * CHUNK_S) // chunk)
