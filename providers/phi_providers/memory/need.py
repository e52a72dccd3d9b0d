"""What a model takes while it runs, by its files and its shape: nothing is loaded to find out.

Every figure is the least that is known, so that a model which would have fitted is never refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phi_providers.messages import Load
from phi_providers.models.installed import BUILTIN, read_object
from phi_providers.models.kv_pool import LEAST_CONTEXTS, Shape, coded_token_bytes, kept_contexts, token_bytes
from phi_providers.models.manifest import ModelError
from phi_providers.models.onnx_folder import graph_file, read_model

LIBRARIES = 93 * 2**20
"""Measured: a worker with OpenVINO, its tokenizer and its list of devices, before it compiles a model. Torch and ONNX
Runtime take no less."""

SCRATCH_PER_UNIT = 208 * 2**10
"""Bytes of working memory for each unit of the model's hidden size. Measured with OpenVINO on a CPU, INT4: Phi-3-mini's
shape, whose hidden size is 3,072, takes 750 MB above weights, keys and values (8 layers, prompts of 1,807 tokens), of
which LIBRARIES are a part; the built-in model, with 256, takes 65 MiB to be compiled and warmed up. Published peaks of
Phi-3-mini at INT4, INT8 and FP16 on built-in GPUs leave 0.8 to 0.9 GB alike."""

_HALF, _SINGLE = 2, 4
"""Bytes of a number."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """Bytes, by what they are for."""

    weights: int
    cache: int
    """Keys and values of all prompts that are kept."""
    runtime: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.runtime


def need(order: Load) -> Need | None:
    """Return what the model of this order takes; None where nothing is loaded here, or where the files do not tell.

    The built-in model is what answers when there is no room for any other, and is not asked.
    """
    measure = _ENGINES.get(order.engine)
    folder = Path(order.model.path)
    if measure is None or not order.model.path or folder == BUILTIN:
        return None
    try:
        return measure(folder, order)
    except (ModelError, OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
        return None  # its engine will say what is wrong with them


def runtime_bytes(hidden_size: int) -> int:
    """Return what a runtime takes beside weights, keys and values."""
    return LIBRARIES + SCRATCH_PER_UNIT * hidden_size


def _openvino(folder: Path, order: Load) -> Need:
    config = read_object(folder / "config.json")
    shape = _shape(config, (folder / "openvino_model.bin").stat().st_size, order)
    each = coded_token_bytes(shape)
    if order.device.upper().startswith("NPU"):
        # There the context in use has a buffer of its own, beside those that are kept.
        each = token_bytes(shape, _HALF)
        return _need(config, shape, each * shape.context * (1 + kept_contexts(each * shape.context)))
    # More are kept only where there is room for more.
    return _need(config, shape, each * shape.context * LEAST_CONTEXTS)


def _onnxruntime(folder: Path, order: Load) -> Need:
    model = read_model(folder)
    graph = graph_file(model)
    weights = sum(file.stat().st_size for file in folder.glob(f"{graph}*"))
    shape = _shape(model["decoder"], weights, order)
    contexts = kept_contexts(token_bytes(shape, _SINGLE) * shape.context)
    on_cpu = order.device.upper() == "CPU"
    return _need(model["decoder"], shape, contexts * token_bytes(shape, _SINGLE if on_cpu else _HALF) * shape.context)


def _torch(folder: Path, order: Load) -> Need:
    config = read_object(folder / "config.json")
    weights = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    # On a CPU the weights are widened to FP32, whatever they are in the files.
    wide = order.device.lower() == "cpu" and (config.get("dtype") or config.get("torch_dtype")) != "float32"
    shape = _shape(config, weights * 2 if wide else weights, order)
    value_bytes = _SINGLE if order.device.lower() == "cpu" else _HALF
    return _need(config, shape, LEAST_CONTEXTS * token_bytes(shape, value_bytes) * shape.context)


def _npu_library(folder: Path, order: Load) -> Need:
    # It reads the weights as they are, then makes smaller ones of them.
    config = read_object(folder / "config.json")
    shape = _shape(config, sum(file.stat().st_size for file in folder.glob("*.safetensors")), order)
    return _need(config, shape, LEAST_CONTEXTS * token_bytes(shape, _HALF) * shape.context)


def _need(config: dict[str, Any], shape: Shape, cache: int) -> Need:
    return Need(weights=shape.weight_bytes, cache=cache, runtime=runtime_bytes(int(config["hidden_size"])))


def _shape(config: dict[str, Any], weight_bytes: int, order: Load) -> Shape:
    """Return the shape of config.json, or of the decoder in genai_config.json, which have the same names for it."""
    heads = int(config["num_attention_heads"])
    size = config.get("head_size") or config.get("head_dim") or int(config["hidden_size"]) // heads
    return Shape(
        layers=int(config["num_hidden_layers"]),
        kv_heads=int(config.get("num_key_value_heads") or heads),
        head_size=int(size),
        weight_bytes=weight_bytes,
        context=order.model.context,
    )


_ENGINES: dict[str, Callable[[Path, Load], Need]] = {
    "openvino": _openvino,
    "onnxruntime": _onnxruntime,
    "transformers": _torch,
    "npu_library": _npu_library,
}
"""Those that load a model on this machine."""
