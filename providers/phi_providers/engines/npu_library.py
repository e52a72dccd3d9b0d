"""The legacy engine on Intel's NPU Acceleration Library 1.4.0: transformers with each linear layer on the NPU.

Runs in an environment of its own (`phi-ls doctor --fix npu_library`) and takes a folder with config.json and
safetensors. `Load.options`: `precision`: `fp16`, `int8` or `int4`; without one, int4 on an NPU and int8 elsewhere:
without an NPU the library has ended the whole process at int4 ("terminate called without an active exception"). A
model whose embedding is its output layer, too, runs at fp16 only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from phi_providers.engines import npu_library_model as library
from phi_providers.engines.npu_library_lanes import Lane, Lanes
from phi_providers.errors import GenerationFailed, LoadFailed
from phi_providers.messages import Load
from phi_providers.token_engine import EngineFacts, Step, Work
from phi_providers.token_provider import TokenProvider

CHUNK = 64
"""Tokens of a prefill step. The library compiles every layer anew for each number of rows that it meets, so there are
two, this and 1; the last chunk is filled up with tokens whose keys and values are cut off again."""

WARM_UP_TOKENS = 4


def make_provider(order: Load) -> TokenProvider:
    """Return the provider for a Load frame."""
    return TokenProvider(order, NpuLibraryEngine(order))


class NpuLibraryEngine:
    """A TokenEngine on a transformers model whose linear layers the library has replaced."""

    def __init__(self, order: Load) -> None:
        self._order = order
        self._model: Any = None
        self._torch: Any = None
        self._lanes: Lanes | None = None

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Quantise, compile both shapes and warm up; raises LoadFailed."""
        library.enter_private_folder()
        try:
            progress("importing the NPU library")
            version = str(library.import_library().__version__).lstrip("v")
            device, reason = self._device()
            folder, wanted = Path(self._order.model.path), str(self._order.options.get("precision", ""))
            precision = library.choose_precision(folder, wanted, on_npu=device == "NPU")
            progress(f"quantising to {precision}")
            self._start(library.load_model(folder, precision))
            progress("compiling and warming up")
            rate, decode_ms = self._warm_up()
        except (ImportError, OSError, ValueError, KeyError, RuntimeError, MemoryError) as exc:
            raise LoadFailed(f"model {self._order.model.id} could not be loaded by the NPU library: {exc}") from exc
        return EngineFacts(
            engine="npu_library",
            version=version,
            device=device,
            requested=self._order.device,
            reason=reason,
            prefill_tokens_per_s=rate,
            decode_ms_per_token=decode_ms,
        )

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Go on from the longest cached beginning; raises GenerationFailed."""
        if self._lanes is None:
            raise GenerationFailed("the model is not loaded")
        lane = self._lanes.choose(ids)
        try:
            return self._run(lane, list(ids), max_new_tokens, stop_ids, step)
        except (RuntimeError, MemoryError) as exc:
            self._lanes.drop(lane)
            raise GenerationFailed(f"model {self._order.model.id} failed in the NPU library: {exc}") from exc

    def _run(self, lane: Lane, ids: list[int], max_new: int, stop_ids: frozenset[int], step: Step) -> Work:
        reused, steps = len(lane.ids), 0
        token, log_prob = 0, 0.0
        for start in range(reused, len(ids), CHUNK):
            token, log_prob = self._forward(lane, ids[start : start + CHUNK])
            steps += 1
            if start + CHUNK < len(ids) and not step(()):
                return Work(tokens_reused=reused, prefill_steps=steps)
        for count in range(1, max_new + 1):
            if not step(((token, log_prob),)) or token in stop_ids or count == max_new:
                break
            token, log_prob = self._forward(lane, [token])
        return Work(tokens_reused=reused, prefill_steps=steps)

    def _forward(self, lane: Lane, ids: list[int]) -> tuple[int, float]:
        """Compute these tokens; return the next one and its log-probability."""
        torch = self._torch
        filled = ids + [ids[-1]] * (CHUNK - len(ids) if len(ids) > 1 else 0)
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor([filled]),
                past_key_values=lane.cache,
                use_cache=True,
                logits_to_keep=torch.tensor([len(ids) - 1]),
            )
        if len(filled) > len(ids):
            lane.cache.crop(len(lane.ids) + len(ids))
        lane.ids += ids
        scores = torch.log_softmax(output.logits[0, 0].float(), dim=-1)
        token = int(scores.argmax())
        return token, float(scores[token])

    def _start(self, model: Any) -> None:
        import torch
        from transformers import DynamicCache

        self._torch, self._model, self._lanes = torch, model, Lanes(DynamicCache)

    def _device(self) -> tuple[str, str]:
        """Return the device in use, and why it is not the one asked for."""
        wanted = self._order.device.upper()
        if library.has_npu():
            return "NPU", "" if wanted == "NPU" else "this library computes on the NPU where there is one"
        found = library.devices_without_npu()
        device = "CPU" if found == ["CPU"] else "AUTO"
        return (
            device,
            "" if wanted == device else f"the NPU library found no NPU or no driver for it; {device} computes",
        )

    def _warm_up(self) -> tuple[float, float]:
        """Return prefill rate and milliseconds per token, both shapes having been compiled before."""
        for _ in range(2):
            lane = Lane(self._new_cache())
            begun = time.perf_counter()
            token, _log_prob = self._forward(lane, [256 + index % 997 for index in range(CHUNK)])
            first = time.perf_counter()
            for _ in range(WARM_UP_TOKENS):
                token, _log_prob = self._forward(lane, [token])
        return CHUNK / (first - begun), (time.perf_counter() - first) * 1000 / WARM_UP_TOKENS

    def _new_cache(self) -> Any:
        from transformers import DynamicCache

        return DynamicCache()
