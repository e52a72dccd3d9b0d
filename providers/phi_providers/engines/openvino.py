"""The OpenVINO engine: a Phi-3-architecture model on CPU or Intel GPU, with a prefix cache that lasts across requests.

`Load.options`: `strict`: FP32 arithmetic and cache, no dynamic quantisation; `cache_dir`: compiled GPU kernels go
there; `chunk_tokens`: fixed size of a prefill step; `kv_blocks`: fixed size of the KV pool; `prefix_caching`: False to
measure what it brings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from phi_providers.devices import absence
from phi_providers.engines.openvino_failures import is_lost_device, is_memory, sentence
from phi_providers.engines.openvino_import import openvino
from phi_providers.engines.openvino_pipeline import StepLoop
from phi_providers.engines.openvino_sizes import (
    BLOCK_TOKENS,
    CHUNK_S,
    chunk_tokens,
    kv_blocks,
    kv_token_bytes,
    read_shape,
    seed_rate,
)
from phi_providers.engines.probe import PROBE_ANSWER, timed
from phi_providers.errors import GenerationFailed, LoadFailed, ProviderError, WorkerDied
from phi_providers.memory.budget import kv_budget
from phi_providers.messages import Load
from phi_providers.token_engine import EngineFacts, Step, Work
from phi_providers.token_provider import TokenProvider

STRICT = {"INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}
"""With these a warm, chunked or resumed answer equals the cold one; otherwise they differ in the second decimal."""

PROBE_TOKENS = 256
"""Prompt tokens of the warm-up; a whole chunk of 1,024 took a third of the load time and told no more."""


def make_provider(order: Load) -> TokenProvider:
    """Return the provider for a Load frame; an NPU has a pipeline of its own."""
    if order.device.upper().startswith("NPU"):
        from phi_providers.engines.openvino_npu import make_npu_provider

        return make_npu_provider(order)
    return TokenProvider(order, OpenVinoEngine(order))


class OpenVinoEngine:
    """A TokenEngine on OpenVINO GenAI."""

    def __init__(self, order: Load) -> None:
        self._order = order
        self._folder = Path(order.model.path)
        self._device = ""
        self._loop: StepLoop | None = None
        self._pool_bytes = 0
        self._kv_tokens = self._kv_bytes = 0

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Compile the model and warm it up; raises LoadFailed with one sentence."""
        try:
            progress("importing OpenVINO")
            version = str(openvino().__version__).split("-")[0]
            self._device, reason = self._choose_device(list(openvino().Core().available_devices))
            shape = read_shape(self._folder, self._order.model.context)
            rate = seed_rate(shape, self._device)
            # Before anything is loaded: what a pipeline gives back, the system may take a while to call free.
            self._pool_bytes = kv_budget(replace(self._order, device=self._device), shape)
            fixed = int(self._order.options.get("chunk_tokens", 0))
            self._build(progress, fixed or chunk_tokens(rate, shape))
            rate, decode_ms = self._warm_up(progress)
            if self._seconds(rate) > 2 * CHUNK_S and not fixed and chunk_tokens(rate, shape) < self._steps.chunk:
                self._build(progress, chunk_tokens(rate, shape))
                rate, decode_ms = self._warm_up(progress)
        except (ImportError, OSError, ValueError, KeyError, RuntimeError, MemoryError) as exc:
            raise LoadFailed(self._sentence("could not be loaded", exc)) from exc
        return EngineFacts(
            engine="openvino",
            version=version,
            device=self._device,
            requested=self._order.device,
            reason=reason,
            prefill_tokens_per_s=rate,
            decode_ms_per_token=decode_ms,
            kv_tokens=self._kv_tokens,
            kv_bytes=self._kv_bytes,
        )

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Continue the ids; raises GenerationFailed, or WorkerDied when the device is gone."""
        try:
            return self._steps.run(ids, max_new_tokens, stop_ids, step)
        except (RuntimeError, MemoryError) as exc:
            raise self._failure(exc) from exc

    @property
    def _steps(self) -> StepLoop:
        if self._loop is None:
            raise GenerationFailed("the model is not loaded")
        return self._loop

    def _choose_device(self, available: list[str]) -> tuple[str, str]:
        """Return the device, and why it is not the one asked for."""
        wanted = self._order.device
        gpus = [name for name in available if name.startswith("GPU")]
        if wanted.lower() in ("", "auto"):
            return (gpus[0], "") if gpus else ("CPU", f"no GPU: {absence('GPU')[0]}")
        if wanted in available:
            return wanted, ""
        if wanted in ("GPU", "GPU.0") and gpus:  # one GPU is listed as GPU, several as GPU.0, GPU.1
            return gpus[0], ""
        raise LoadFailed("{} cannot be used: {}; {}".format(wanted, *absence(wanted)))

    def _build(self, progress: Callable[[str], None], chunk: int) -> None:
        progress(f"compiling for {self._device}")
        kind = "GPU" if self._device.startswith("GPU") else "CPU"
        options = self._order.options
        strict = bool(options.get("strict"))
        shape = read_shape(self._folder, self._order.model.context)
        properties = {"PERFORMANCE_HINT": "LATENCY", **(STRICT if strict else {})}
        if kind == "GPU":
            # The GPU chooses its own KV precision; naming one breaks its paged attention.
            properties.pop("KV_CACHE_PRECISION", None)
            if options.get("cache_dir"):
                properties["CACHE_DIR"] = str(options["cache_dir"])
        blocks = int(options.get("kv_blocks", 0)) or kv_blocks(
            shape, BLOCK_TOKENS[kind], full_precision=strict, pool_bytes=self._pool_bytes
        )
        caching = bool(options.get("prefix_caching", True))
        self._kv_tokens = blocks * BLOCK_TOKENS[kind] if caching else 0
        self._kv_bytes = self._kv_tokens * kv_token_bytes(shape, full_precision=strict)
        self._loop = None  # the old pipeline's memory goes before the new one takes its own
        self._loop = StepLoop(
            self._folder,
            self._device,
            properties,
            blocks=blocks,
            block_tokens=BLOCK_TOKENS[kind],
            chunk=chunk,
            caching=caching,
        )

    def _warm_up(self, progress: Callable[[str], None]) -> tuple[float, float]:
        """Return prefill rate and milliseconds per token; the first prefill is 2 to 4 times slower than the next."""
        progress("warming up")
        length = min(PROBE_TOKENS, self._steps.chunk, self._order.model.context - PROBE_ANSWER)
        timed(self._steps.run, length, offset=1)
        first, per_token = timed(self._steps.run, length, offset=2)
        return length / first, per_token * 1000

    def _seconds(self, rate: float) -> float:
        return self._steps.chunk / rate

    def _failure(self, exc: BaseException) -> ProviderError:
        if is_lost_device(exc):
            return WorkerDied(
                self._sentence("lost its device", exc, "update the graphics driver if this happens again")
            )
        try:
            self._steps.recover()
        except RuntimeError as after:
            return WorkerDied(self._sentence("could not go on after an error", after))
        if is_memory(exc):
            return GenerationFailed(
                self._sentence("ran out of memory", exc, "close other programs or use a smaller model")
            )
        return GenerationFailed(self._sentence("failed", exc))

    def _sentence(self, what: str, exc: BaseException, remedy: str = "") -> str:
        return sentence(self._order.model.id, self._device or self._order.device, what, exc, remedy)
