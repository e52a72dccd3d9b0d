"""From the IR that is shipped to a folder for torch or for ONNX Runtime: the same weights, to the last bit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from phi_providers.models.installed import PROFILE, from_folder, read_object, write_object, write_profile
from phi_providers.models.manifest import ModelError, write_manifest
from phi_providers.models.openvino_ir import IrWeights
from phi_providers.models.safetensors_file import header

_CONFIG, _GENERATION, _TOKENIZER = "config.json", "generation_config.json", "tokenizer.json"
_WEIGHTS = "model.safetensors"

_EMBEDDING, _HEAD = "model.embed_tokens.weight", "lm_head.weight"
_PARTS = (
    *("input_layernorm", "self_attn.qkv_proj", "self_attn.o_proj"),
    *("post_attention_layernorm", "mlp.gate_up_proj", "mlp.down_proj"),
)
"""Of each layer."""


def to_safetensors(source: Path, out: Path) -> None:
    """Write the model for torch into the new folder `out`, in FP32: fewer bits do not hold what a code means.

    Raises ModelError and OSError.
    """
    config = read_object(source / _CONFIG)
    weights = IrWeights(source)
    # A tensor that is not there torch would fill with random numbers.
    tensors = {name: weights.read(name) for name in _names(config)}
    tensors.setdefault(_HEAD, tensors[_EMBEDDING])
    out.mkdir(mode=0o700)
    with (out / _WEIGHTS).open("wb") as file:
        file.write(header([(name, values.shape) for name, values in tensors.items()], "F32"))
        for values in tensors.values():
            file.write(values.astype("<f4").tobytes())
    # Apart, because the NPU library quantises the last matrix in place: where it is the embedding, too, the model then
    # repeats the last token of its prompt.
    write_object(out / _CONFIG, {**config, "dtype": "float32", "tie_word_embeddings": False})
    for name in (_GENERATION, _TOKENIZER):
        shutil.copyfile(source / name, out / name)
    write_profile(out, replace(from_folder(source), precision="fp32"))
    write_manifest(out, [_WEIGHTS, _CONFIG, _GENERATION, _TOKENIZER, PROFILE])


def to_onnx(source: Path, out: Path) -> None:
    """Write the model for ONNX Runtime into the new folder `out`, in the codes that it has; needs the package `onnx`.

    Raises ModelError and OSError.
    """
    try:
        from phi_providers.models.onnx_export import export
    except ImportError as exc:
        raise ModelError(f"it needs the package {exc.name}; install it beside onnxruntime-genai") from exc
    export(source, out, "int8", from_folder(source), IrWeights(source))


def _names(config: dict[str, Any]) -> Iterator[str]:
    """Yield the names of all tensors of a Phi-3."""
    yield _EMBEDDING
    for layer in range(int(config["num_hidden_layers"])):
        for part in _PARTS:
            yield f"model.layers.{layer}.{part}.weight"
    yield "model.norm.weight"
    if not config.get("tie_word_embeddings"):
        yield _HEAD
