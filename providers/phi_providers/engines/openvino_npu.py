"""The OpenVINO engine on an Intel NPU: fixed shapes, a prefix cache of whole chunks, no log-probabilities.

`Load.options`: `cache_dir`: compiled blobs go there; `chunk_tokens`: size of a prefill chunk, a power of two, and one
to a call; `max_prompt_tokens`: a shorter context than the model's, for less memory; `prefix_caching`: False to
measure what it brings; `npuw_devices`: `CPU` runs the same pipeline on a machine without an NPU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from phi_providers.devices import absence
from phi_providers.engines.openvino_failures import is_lost_device, sentence
from phi_providers.engines.openvino_import import openvino
from phi_providers.engines.openvino_npu_blobs import blob_folder, check_blobs, drop_blobs, seal_blobs
from phi_providers.engines.openvino_npu_pipeline import ChunkLoop
from phi_providers.engines.openvino_npu_sizes import CHUNK_TOKENS, KV_BYTES, NpuSizes, chunks_per_call, npu_sizes
from phi_providers.engines.openvino_sizes import read_shape
from phi_providers.engines.probe import timed
from phi_providers.errors import GenerationFailed, LoadFailed, WorkerDied
from phi_providers.messages import Load
from phi_providers.models.kv_pool import token_bytes
from phi_providers.models.npu_fit import npu_misfit
from phi_providers.token_engine import EngineFacts, Step, Work
from phi_providers.token_provider import TokenProvider


def make_npu_provider(order: Load) -> TokenProvider:
    """Return the provider for a Load frame; prompts are cut to the length that the model is compiled for."""
    context = min(order.model.context, int(order.options.get("max_prompt_tokens", order.model.context)))
    order = replace(order, model=replace(order.model, context=context))
    return TokenProvider(order, NpuEngine(order))


class NpuEngine:
    """A TokenEngine on OpenVINO GenAI's pipeline for NPUs."""

    def __init__(self, order: Load) -> None:
        self._order = order
        self._folder = Path(order.model.path)
        self._devices = str(order.options.get("npuw_devices", "NPU")).upper()
        self._sizes: NpuSizes | None = None
        self._loop: ChunkLoop | None = None

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Compile the model, which takes minutes the first time, and warm it up; raises LoadFailed."""
        try:
            progress("importing OpenVINO")
            version = str(openvino().__version__).split("-")[0]
            self._require_npu()
            shape = read_shape(self._folder, self._order.model.context)
            caching = bool(self._order.options.get("prefix_caching", True))
            self._sizes = npu_sizes(shape, int(self._order.options.get("chunk_tokens", CHUNK_TOKENS)), caching=caching)
            progress("compiling for NPU")
            self._loop = self._compile(self._sizes, version)
            progress("warming up")
            rate, decode_ms = self._warm_up(self._loop, self._sizes)
        except (ImportError, OSError, ValueError, KeyError, RuntimeError, MemoryError) as exc:
            raise LoadFailed(self._sentence("could not be loaded", exc)) from exc
        if "chunk_tokens" not in self._order.options:
            self._loop.chunks_per_call = chunks_per_call(rate, self._sizes.chunk)
        emulated = "NPU" not in self._devices
        return EngineFacts(
            engine="openvino",
            version=version,
            device=self._devices if emulated else "NPU",
            requested=self._order.device,
            reason=f"the NPU's pipeline was told to compute on {self._devices}" if emulated else "",
            prefill_tokens_per_s=rate,
            decode_ms_per_token=decode_ms,
            kv_tokens=self._sizes.cached_tokens,
            kv_bytes=self._sizes.cached_tokens * token_bytes(shape, KV_BYTES),
        )

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Continue the ids; raises GenerationFailed for what is not sent, WorkerDied for what went wrong."""
        if self._loop is None:
            raise GenerationFailed("the model is not loaded")
        try:
            return self._loop.run(ids, max_new_tokens, stop_ids, step)
        except (RuntimeError, MemoryError) as exc:
            # What the pipeline's cache holds after an error is not known, and a lost NPU stays lost for this process.
            remedy = "update the NPU driver if this happens again" if is_lost_device(exc) else ""
            raise WorkerDied(self._sentence("failed", exc, remedy)) from exc

    def _require_npu(self) -> None:
        """Raise LoadFailed unless there is an NPU that can run this model, or the CPU was told to stand in for it."""
        if "NPU" not in self._devices:
            return
        if not any(name.startswith("NPU") for name in openvino().Core().available_devices):
            raise LoadFailed("{} cannot be used: {}; {}".format(self._order.device, *absence("NPU")))
        if misfit := npu_misfit(self._folder):
            raise LoadFailed(f"model {self._order.model.id} cannot run on the NPU: {misfit}")

    def _compile(self, sizes: NpuSizes, version: str) -> ChunkLoop:
        # Without NPUW_FALLBACK_EXEC=NO a model that the NPU refuses runs on the CPU, and nobody is told.
        properties: dict[str, Any] = {"NPUW_DEVICES": self._devices, "NPUW_FALLBACK_EXEC": "NO"}
        root = self._order.options.get("cache_dir")
        if not root:
            return ChunkLoop(self._folder, properties, sizes)
        blobs = blob_folder(Path(str(root)), version, _driver(), self._order.model.id, self._devices, repr(sizes))
        check_blobs(blobs)
        try:
            loop = ChunkLoop(self._folder, {**properties, "CACHE_DIR": str(blobs)}, sizes)
            seal_blobs(blobs)
        except RuntimeError:
            if not blobs.is_dir():
                raise
            drop_blobs(blobs)  # a full disk, or a blob that this driver does not take
            loop = ChunkLoop(self._folder, properties, sizes)
        return loop

    def _warm_up(self, loop: ChunkLoop, sizes: NpuSizes) -> tuple[float, float]:
        """Return prefill rate and milliseconds per token; the first prefill is slower than the next."""
        # One token short of a chunk costs as much as a whole one and leaves nothing in the prefix cache.
        timed(loop.run, sizes.chunk - 1, offset=1)
        first, per_token = timed(loop.run, sizes.chunk - 1, offset=2)
        return sizes.chunk / first, per_token * 1000

    def _sentence(self, what: str, exc: BaseException, remedy: str = "") -> str:
        return sentence(self._order.model.id, self._order.device, what, exc, remedy)


def _driver() -> str:
    """Return the NPU driver's version; a blob of another one may not load."""
    try:
        return str(openvino().Core().get_property("NPU", "NPU_DRIVER_VERSION"))
    except RuntimeError:
        return ""
