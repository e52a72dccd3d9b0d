"""The transformers engine: a Phi-3 model on torch, on NVIDIA and Intel GPUs or the CPU, in FP32 there.

The reference that the other engines are compared with. `Load.options`: `strict`: FP32 on every device; `chunk_tokens`:
fixed size of a prefill chunk; `prefix_caching`: False to measure what it brings; `record`: False leaves decoding on an
NVIDIA GPU to torch's own pace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from phi_providers.engines.probe import PROBE_ANSWER, timed
from phi_providers.engines.torch_device import choose_device, free_memory, precision
from phi_providers.engines.torch_import import torch, transformers
from phi_providers.errors import GenerationFailed, LoadFailed, ProviderError, WorkerDied
from phi_providers.messages import Load
from phi_providers.token_engine import EngineFacts, Step, Work
from phi_providers.token_provider import TokenProvider

CHUNK_S = 0.25
"""A prefill chunk should take no longer: it cannot be stopped."""

LEAST_CHUNK, MOST_CHUNK = 32, 2048
PROBE_TOKENS = 256

_MEMORY = ("out of memory", "can't allocate", "not enough memory", "UR_RESULT_ERROR_OUT_OF")
_LOST = ("CUDA error", "device-side assert", "DEVICE_LOST", "device lost", "AcceleratorError", "Native API failed")


def make_provider(order: Load) -> TokenProvider:
    """Return the provider for a Load frame."""
    return TokenProvider(order, TorchEngine(order))


class TorchEngine:
    """A TokenEngine on transformers."""

    def __init__(self, order: Load) -> None:
        self._order = order
        self._device = order.device
        self._loop: Any = None

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Read the weights and warm up; raises LoadFailed with one sentence."""
        try:
            progress("importing torch")
            version = str(transformers().__version__)
            self._device, reason = self._choose()
            progress("reading the weights")
            model = self._read_model()
            # On demand: the class of the cache has a base in transformers.
            from phi_providers.engines.torch_steps import StepLoop

            options = self._order.options
            self._loop = StepLoop(
                model,
                self._device,
                room=self._order.model.context,
                chunk=int(options.get("chunk_tokens", PROBE_TOKENS)),
                caching=bool(options.get("prefix_caching", True)),
            )
            slow = self._record(progress)
            rate, decode_ms = self._warm_up(progress)
        except (ImportError, OSError, ValueError, KeyError, RuntimeError, MemoryError) as exc:
            raise LoadFailed(self._sentence("could not be loaded", exc)) from exc
        return EngineFacts(
            engine="transformers",
            version=version,
            device=self._device,
            requested=self._order.device,
            reason="; ".join(filter(None, (reason, slow))),
            prefill_tokens_per_s=rate,
            decode_ms_per_token=decode_ms,
        )

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Continue the ids; raises GenerationFailed, or WorkerDied when the device is gone."""
        if self._loop is None:
            raise GenerationFailed("the model is not loaded")
        try:
            work: Work = self._loop.run(ids, max_new_tokens, stop_ids, step)
        except (RuntimeError, MemoryError) as exc:
            raise self._failure(exc) from exc
        return work

    def _choose(self) -> tuple[str, str]:
        try:
            return choose_device(self._order.device)
        except ValueError as exc:
            raise LoadFailed(str(exc)) from exc

    def _read_model(self) -> Any:
        """Return the model on its device. Its class is named here, so no code of the folder's is ever looked for."""
        folder = Path(self._order.model.path)
        config = transformers().Phi3Config.from_pretrained(folder, local_files_only=True)
        window = config.sliding_window
        if window is not None and self._order.model.context > window:
            raise ValueError(f"its attention reaches {window} tokens, less than the {self._order.model.context} in use")
        # Within one window every token sees all before it; without one the cache can go back.
        config.sliding_window = None
        strict = bool(self._order.options.get("strict"))
        model = transformers().Phi3ForCausalLM.from_pretrained(
            folder,
            config=config,
            dtype=precision(self._device, strict=strict),
            attn_implementation="sdpa",
            use_safetensors=True,
            local_files_only=True,
        )
        return model.to(self._device).requires_grad_(False).train(False)

    def _record(self, progress: Callable[[str], None]) -> str:
        """Record the decode step on an NVIDIA GPU; return why it could not be."""
        if not self._device.startswith("cuda") or not self._order.options.get("record", True):
            return ""
        progress("recording the decode step")
        try:
            self._loop.record()
        except RuntimeError as exc:
            if _is_lost(exc):
                raise
            return f"decoding is slower than it could be: {_first_line(exc)}"
        return ""

    def _warm_up(self, progress: Callable[[str], None]) -> tuple[float, float]:
        """Set the size of a chunk; return prefill rate and milliseconds per token. The first prefill is the slowest."""
        progress("warming up")
        length = min(PROBE_TOKENS, self._loop.chunk, self._order.model.context - PROBE_ANSWER)
        timed(self._loop.run, length, offset=1)
        first, per_token = timed(self._loop.run, length, offset=2)
        rate = length / first
        if "chunk_tokens" not in self._order.options:
            self._loop.chunk = max(LEAST_CHUNK, min(MOST_CHUNK, int(rate * CHUNK_S) // LEAST_CHUNK * LEAST_CHUNK))
        return rate, per_token * 1000

    def _failure(self, exc: BaseException) -> ProviderError:
        if _is_lost(exc):
            remedy = "update the graphics driver if this happens again"
            return WorkerDied(self._sentence("lost its device", exc, remedy))
        self._loop.recover()
        if isinstance(exc, MemoryError) or any(sign in str(exc) for sign in _MEMORY):
            free_memory(self._device)
            remedy = "close other programs or use a smaller model"
            return GenerationFailed(self._sentence("ran out of memory", exc, remedy))
        return GenerationFailed(self._sentence("failed", exc))

    def _sentence(self, what: str, exc: BaseException, remedy: str = "") -> str:
        cause = _first_line(exc)
        return f"model {self._order.model.id} {what} on {self._device}: {cause}" + (f"; {remedy}" if remedy else "")


def _is_lost(exc: BaseException) -> bool:
    return not isinstance(exc, torch().OutOfMemoryError) and any(
        sign in f"{type(exc).__name__}: {exc}" for sign in _LOST
    )


def _first_line(exc: BaseException) -> str:
    return next((line.strip()[:200] for line in str(exc).splitlines() if line.strip()), type(exc).__name__)
