"""The step loop of OpenVINO's continuous batching pipeline, for one request at a time.

The prompt is prefilled in requests of our own, each a chunk longer than the one before, never in steps of one request.
A request cancelled between two prefill steps leaves its last, half filled block filed under its full content, and the
next prompt that begins alike is answered from it: measured, log-probabilities off by up to 3.4 and other tokens.
Requests that end on whole blocks leave nothing half filled; stopping then means not to send the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from phi_providers.engines.block_mirror import BlockMirror
from phi_providers.engines.openvino_import import openvino, openvino_genai
from phi_providers.token_engine import Step, Work


class StepLoop:
    """A loaded pipeline. Any of its methods may raise RuntimeError, the only exception that OpenVINO knows."""

    def __init__(
        self,
        folder: Path,
        device: str,
        properties: dict[str, str],
        *,
        blocks: int,
        block_tokens: int,
        chunk: int,
        caching: bool = True,
    ) -> None:
        genai = openvino_genai()
        scheduler = genai.SchedulerConfig()
        # Without an explicit configuration a bad property silently costs the prefix cache.
        scheduler.enable_prefix_caching = caching
        scheduler.num_kv_blocks = blocks
        scheduler.max_num_batched_tokens = chunk
        self.chunk = chunk
        self._caching = caching
        self._genai = genai
        self._ov = openvino()
        self._pipeline = genai.ContinuousBatchingPipeline(str(folder), scheduler, device, properties)
        self._mirror = BlockMirror(blocks if caching else 0, block_tokens)
        self._requests = 0
        self._handle: Any = None

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Prefill in chunks, then decode until `step` has enough, a stop token or the limit."""
        ids = list(ids)
        cached = self._mirror.match(ids)
        steps, reused = 0, 0
        end = cached + self.chunk
        # Without a cache each request would begin from nothing; one request in steps leaves nothing behind either.
        while self._caching and end < len(ids):
            taken, wanted = self._prefill(ids[:end], step)
            reused = reused if steps else _proven(cached, end, taken, self.chunk)
            steps += taken
            if not wanted:
                return Work(tokens_reused=reused, prefill_steps=steps)
            end += self.chunk
        taken = self._decode(ids, max_new_tokens, stop_ids, step)
        if not steps and self._caching:
            reused = _proven(cached, len(ids), taken, self.chunk)
        return Work(tokens_reused=reused, prefill_steps=steps + taken)

    def recover(self) -> None:
        """Make the pipeline usable after an error; what its cache holds is unknown from then on."""
        self._mirror.clear()
        self._handle = None  # dropping the handle cancels its request
        while self._pipeline.has_non_finished_requests():
            self._pipeline.step()

    def _prefill(self, ids: list[int], step: Step) -> tuple[int, bool]:
        """Compute a prompt that ends on a whole block; return the steps taken and whether to go on."""
        handle = self._add(ids, 1, frozenset())
        steps, wanted = 0, True
        while self._pipeline.has_non_finished_requests():
            self._pipeline.step()
            steps += 1
            wanted = step(()) and wanted
        _check_served(_read(handle))
        self._mirror.store(ids)
        return steps, wanted

    def _decode(self, ids: list[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> int:
        """Compute the rest of the prompt and the answer; return the steps until the first token."""
        handle = self._add(ids, max_new_tokens, stop_ids)
        new: list[int] = []
        steps = 0
        wanted = True
        try:
            # A prompt may need a second step when the cache holds less than the mirror says; it is not stopped then.
            while (wanted or (self._caching and not new)) and self._pipeline.has_non_finished_requests():
                self._pipeline.step()
                steps += not new
                tokens = _read(handle)
                new += [token for token, _ in tokens]
                wanted = step(tokens) and wanted
        finally:
            self._end(handle)
        if wanted:
            _check_served(new)
        # The last token has been chosen, its keys and values have not been computed.
        self._mirror.store(ids + new[:-1])
        return steps

    def _add(self, ids: list[int], max_new_tokens: int, stop_ids: frozenset[int]) -> Any:
        config = self._genai.GenerationConfig()
        config.max_new_tokens = max_new_tokens
        config.do_sample = False
        config.logprobs = 1
        config.stop_token_ids = set(stop_ids)
        config.ignore_eos = not stop_ids
        self._requests += 1
        numbers = self._ov.Tensor([ids])
        self._handle = self._pipeline.add_request(self._requests, numbers, config)
        return self._handle

    def _end(self, handle: Any) -> None:
        if self._pipeline.has_non_finished_requests():
            handle.cancel()
            while self._pipeline.has_non_finished_requests():
                self._pipeline.step()


def _proven(cached: int, end: int, steps: int, chunk: int) -> int:
    """Return the tokens reused of the first `end`: what the mirror says, or the least that the steps prove."""
    least, most = max(end - steps * chunk, 0), end - (steps - 1) * chunk - 1
    return cached if least <= cached <= most else least


def _check_served(tokens: Sequence[object]) -> None:
    # The scheduler drops a request that the pool has no room for, and does not say so here.
    if not tokens:
        raise RuntimeError("the prompt did not fit in the available cache budget")


def _read(handle: Any) -> list[tuple[int, float]]:
    tokens: list[tuple[int, float]] = []
    while handle.can_read():
        for output in handle.read().values():
            tokens += zip(output.generated_ids, output.generated_log_probs, strict=True)
    return tokens
