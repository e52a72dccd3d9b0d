"""The ONNX Runtime engine: a model for ONNX Runtime GenAI on CPU, CUDA, DirectML or a plug-in's device.

`Load.options`: `chunk_tokens`: fixed length of a prefill step; `lanes`: prompts kept side by side; `prefix_caching`:
False to measure what it brings; `continuous`: False to run as DirectML must, on any device; `strict`: FP32 arithmetic
over the same weights, by the second graph that our export writes (how a product is computed is part of a graph).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from phi_providers.engines import onnx_plug_ins
from phi_providers.engines.onnx_config import harmless
from phi_providers.engines.onnx_errors import failure, sentence
from phi_providers.engines.onnx_import import onnxruntime_genai
from phi_providers.engines.onnx_loop import GeneratorLoop
from phi_providers.engines.onnx_sizes import Pace, lanes, read_shape
from phi_providers.engines.onnx_targets import Target, choose, installed
from phi_providers.engines.openvino_sizes import LEAST_CHUNK, seed_rate
from phi_providers.engines.probe import PROBE_ANSWER, timed
from phi_providers.errors import GenerationFailed, LoadFailed
from phi_providers.messages import Load
from phi_providers.models.kv_pool import Shape
from phi_providers.models.onnx_folder import read_model
from phi_providers.token_engine import EngineFacts, Step, Work
from phi_providers.token_provider import TokenProvider

PROBE_TOKENS = 256
PROBE_S = 0.5
"""The second warm-up prompt: 256 tokens, or what the first one promises to be done in half a second."""

SESSION = {"session.intra_op.allow_spinning": "0"}
"""Threads that wait for work sleep. On a busy machine spinning costs more than it saves: 600 tokens in 940 ms at best
with it, in 570 ms without."""

_ERRORS = (ImportError, OSError, ValueError, KeyError, TypeError, RuntimeError, MemoryError)


def make_provider(order: Load) -> TokenProvider:
    """Return the provider for a Load frame."""
    return TokenProvider(order, OnnxEngine(order))


class OnnxEngine:
    """A TokenEngine on ONNX Runtime GenAI."""

    def __init__(self, order: Load) -> None:
        self._order = order
        self._folder = Path(order.model.path)
        self._device = order.device
        self._strict = bool(order.options.get("strict"))
        self._vocabulary = 0
        self._loop: GeneratorLoop | None = None

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Load the model and warm it up; raises LoadFailed with one sentence."""
        try:
            progress("importing ONNX Runtime")
            distribution, version = installed()
            library, plug_ins = onnxruntime_genai(), onnx_plug_ins.available()
            config = read_model(self._folder)
            shape = self._checked(config)
            targets = choose(self._order.device, distribution, tuple(plug_ins))
            progress("loading the model")
            target, model, reason = self._open(library, targets, config, plug_ins)
            self._device = target.name
            self._loop = self._prepare(library, model, target, shape)
            rate, decode_ms = self._warm_up(self._loop, progress, shape)
        except _ERRORS as exc:
            raise LoadFailed(sentence("could not be loaded", exc, self._order.model.id, self._device)) from exc
        return EngineFacts(
            engine="onnxruntime",
            version=version,
            device=self._device,
            requested=self._order.device,
            reason=reason,
            prefill_tokens_per_s=rate,
            decode_ms_per_token=decode_ms,
            can_rewind=self._continuous(target),
        )

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Continue the ids; raises GenerationFailed, or WorkerDied when the device is gone."""
        if self._loop is None:
            raise GenerationFailed("the model is not loaded")
        # Neither is checked by the runtime on every device; beyond the tables it reads what happens to be there.
        if len(ids) + max_new_tokens > self._order.model.context:
            raise GenerationFailed(f"{len(ids)} tokens and an answer of {max_new_tokens} exceed the model's context")
        if not 0 <= min(ids) <= max(ids) < self._vocabulary:
            raise GenerationFailed(f"the tokenizer of model {self._order.model.id} is not that of its weights")
        try:
            return self._loop.run(ids, max_new_tokens, stop_ids, step)
        except (RuntimeError, MemoryError) as exc:
            raise failure(exc, self._order.model.id, self._device) from exc

    def _checked(self, config: dict[str, Any]) -> Shape:
        context, declared = self._order.model.context, int(config["context_length"])
        if context > declared:
            raise ValueError(f"its profile promises {context} tokens, its graph has positions for {declared}")
        self._vocabulary = int(config["vocab_size"])
        return read_shape(self._folder, config, context)

    def _open(
        self, library: Any, targets: list[Target], config: dict[str, Any], plug_ins: dict[str, tuple[str, str]]
    ) -> tuple[Target, Any, str]:
        """Return the first target that takes the model, the model, and why it is not the one before."""
        reasons: list[str] = []
        for target in targets:
            try:
                if target.kind in plug_ins:
                    onnx_plug_ins.register(library, plug_ins[target.kind])
                model = self._model(library, target, config)
            except RuntimeError as exc:
                if target is targets[-1]:
                    raise
                reasons.append(sentence("could not be loaded", exc, self._order.model.id, target.name))
                continue
            # A runtime may fall back without a word; plug-ins, whose memory is the CPU's, are believed.
            if target.kind not in ("CUDA", "DML") or str(model.device_type).upper() == target.kind:
                return target, model, "; ".join(reasons)
            reasons.append(f"ONNX Runtime put the model on the {model.device_type} instead of {target.name}")
            return Target("CPU"), model, "; ".join(reasons)
        raise LoadFailed("there is no device to try")

    def _model(self, library: Any, target: Target, config: dict[str, Any]) -> Any:
        with harmless(self._folder, config, strict=self._strict) as folder:
            settings = library.Config(str(folder))
            settings.clear_providers()
            settings.overlay(json.dumps({"model": {"decoder": {"session_options": SESSION}}}))
            if target.provider:
                settings.append_provider(target.provider)
                for key, value in target.options.items():
                    settings.set_provider_option(target.provider, key, value)
            return library.Model(settings)

    def _prepare(self, library: Any, model: Any, target: Target, shape: Shape) -> GeneratorLoop:
        options = self._order.options
        return GeneratorLoop(
            library,
            model,
            context=shape.context,
            lanes=int(options.get("lanes", lanes(shape))),
            continuous=self._continuous(target),
            caching=bool(options.get("prefix_caching", True)),
        )

    def _continuous(self, target: Target) -> bool:
        return target.can_rewind and bool(self._order.options.get("continuous", True))

    def _warm_up(self, loop: GeneratorLoop, progress: Callable[[str], None], shape: Shape) -> tuple[float, float]:
        """Return prefill rate and milliseconds per token; the first prefill is slower than those that follow."""
        progress("warming up")
        first, _ = timed(loop.run, LEAST_CHUNK, 1, self._vocabulary)
        expected = max(LEAST_CHUNK / first, seed_rate(shape, self._device))
        length = max(LEAST_CHUNK, min(PROBE_TOKENS, int(expected * PROBE_S), shape.context - PROBE_ANSWER))
        first, per_token = timed(loop.run, length, 2, self._vocabulary)
        loop.pace = Pace(length / first, shape, int(self._order.options.get("chunk_tokens", 0)))
        return length / first, per_token * 1000
