"""OpenVINO's static-shape pipeline for NPUs, prefilled piece by piece.

A prefill cannot be stopped. So a prompt is sent as prompts of our own, each longer by some chunks than the one before:
the prefix cache keeps what they compute, and between two of them there is a sign of life and a chance to stop. Measured
on the built-in model (900 tokens in chunks of 128, on the CPU), that costs nothing over one call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from phi_providers.engines.openvino_import import openvino, openvino_genai
from phi_providers.engines.openvino_npu_mirror import LeafMirror
from phi_providers.engines.openvino_npu_sizes import NpuSizes
from phi_providers.errors import GenerationFailed, PromptTooLong
from phi_providers.token_engine import Step, Work

UNKNOWN = float("nan")
"""This pipeline tells one sum of log-probabilities after the last token, none for a token."""


class ChunkLoop:
    """A loaded pipeline. Any of its methods may raise RuntimeError, the only exception that OpenVINO knows."""

    def __init__(self, folder: Path, properties: dict[str, Any], sizes: NpuSizes) -> None:
        self._genai = openvino_genai()
        self._ov = openvino()
        self._sizes = sizes
        self._mirror = LeafMirror(sizes.cached_chunks, sizes.chunk)
        self._caching = sizes.cached_chunks > 0
        self.chunks_per_call = 1
        """Chunks that are prefilled without a chance to stop."""
        self._pipeline = self._genai.LLMPipeline(str(folder), "NPU", **sizes.properties(), **properties)

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Prefill call by call, then decode until `step` has enough, a stop token or the limit.

        Raises PromptTooLong or GenerationFailed for what must not be sent.
        """
        self._check(len(ids), max_new_tokens)
        ids = list(ids)
        reused = self._mirror.peek(ids) if self._caching else 0
        calls, end = 0, reused
        while self._caching and (end := end + self.chunks_per_call * self._sizes.chunk) < len(ids):
            self._generate(ids[:end], 1, frozenset(), lambda _: True)
            calls += 1
            if not step(()):
                return Work(tokens_reused=reused, prefill_steps=calls)
        self._generate(ids, max_new_tokens, stop_ids, lambda token: step(((token, UNKNOWN),)))
        return Work(tokens_reused=reused, prefill_steps=calls + 1)

    def _check(self, prompt: int, new: int) -> None:
        sizes = self._sizes
        if prompt > sizes.longest_prompt or prompt + new > sizes.capacity:
            raise PromptTooLong(
                f"the prompt has {prompt} tokens and its answer up to {new}; on the NPU a prompt may have "
                f"{sizes.longest_prompt}, both together {sizes.capacity}"
            )
        if prompt == 1:
            # Measured: a single token is taken for the next one of the answer before, and continues that.
            raise GenerationFailed("a prompt of one token cannot be answered on the NPU")

    def _generate(
        self, ids: list[int], max_new_tokens: int, stop_ids: frozenset[int], take: Callable[[int], bool]
    ) -> None:
        config = self._genai.GenerationConfig()
        config.max_new_tokens = max_new_tokens
        config.do_sample = False
        config.stop_token_ids = set(stop_ids)
        config.ignore_eos = not stop_ids
        streamer = make_streamer(self._genai, take)
        self._pipeline.generate(self._ov.Tensor([ids]), config, streamer)
        if streamer.error is not None:
            raise streamer.error
        if self._caching:
            self._mirror.prefill(ids)


def make_streamer(genai: Any, take: Callable[[int], bool]) -> Any:
    """Return a streamer that gives each token to `take` until it returns False; `error` is what it raised."""

    class Streamer(genai.StreamerBase):  # type: ignore[misc]  # the base comes from a module without types
        error: Exception | None = None

        def write(self, tokens: int | list[int]) -> Any:
            for token in [tokens] if isinstance(tokens, int) else tokens:
                if not self._take(token):
                    return genai.StreamingStatus.CANCEL
            return genai.StreamingStatus.RUNNING

        def end(self) -> None:
            """Nothing is held back."""

        def _take(self, token: int) -> bool:
            try:
                return take(token)
            except Exception as exc:  # noqa: BLE001  # OpenVINO would print it, forget it and go on generating
                self.error = exc
                return False

    return Streamer()
