"""`python -m phi_providers.models.onnx_export SOURCE OUT`: a Phi-3 model in its original form → ONNX Runtime GenAI.

Needs numpy and onnx, not torch: the graph is drawn here. Two seconds for the built-in model.
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx

from phi_providers.messages import ModelInfo
from phi_providers.models import safetensors_file
from phi_providers.models.installed import PROFILE, read_object, write_object, write_profile
from phi_providers.models.manifest import write_manifest
from phi_providers.models.onnx_folder import CONFIG, MODEL, STRICT_MODEL, describe
from phi_providers.models.onnx_graph import BITS, Shape, build, read_shape, with_fp32_activations
from phi_providers.models.onnx_weights import DATA, WeightFile
from phi_providers.models.weights import Weights

_CACHE = {"key": "past_key_values.%d.key", "value": "past_key_values.%d.value"}
_PRESENT = {"key": "present.%d.key", "value": "present.%d.value"}


def export(
    source: Path, out: Path, precision: str, info: ModelInfo | None = None, weights: Weights | None = None
) -> ModelInfo:
    """Convert the model in `source` (config.json, tokenizer.json) into the folder `out`, which is made.

    `info` says what the model is, if its files do not tell (a model with a profile.json of its own); `weights` where
    its weights are, if not in `source` as safetensors. Raises ModelError.
    """
    config = read_object(source / "config.json")
    shape = read_shape(config, int(config["max_position_embeddings"]))
    out.mkdir(parents=True)
    with WeightFile(out) as file:
        model = build(shape, weights or safetensors_file.Weights(source), file, precision)
    onnx.save_model(model, out / MODEL)
    onnx.save_model(with_fp32_activations(model), out / STRICT_MODEL)
    shutil.copyfile(source / "tokenizer.json", out / "tokenizer.json")
    write_object(out / CONFIG, _genai_config(config, shape))
    found = replace(info or describe(out), path=str(out), precision=precision)
    write_profile(out, found)
    write_manifest(out, [MODEL, STRICT_MODEL, DATA, CONFIG, "tokenizer.json", PROFILE])
    return found


def _genai_config(config: dict[str, Any], shape: Shape) -> dict[str, Any]:
    outputs = {"logits": "logits", **{f"present_{kind}_names": name for kind, name in _PRESENT.items()}}
    caches = {f"past_{kind}_names": name for kind, name in _CACHE.items()}
    decoder = {
        "filename": MODEL,
        "session_options": {"provider_options": []},
        "hidden_size": shape.hidden,
        "head_size": shape.head,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "num_hidden_layers": shape.layers,
        "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask", **caches},
        "outputs": outputs,
    }
    ids = {key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id") if config.get(key) is not None}
    sizes = {"context_length": shape.context, "vocab_size": shape.vocabulary}
    search = {"past_present_share_buffer": True, "max_length": shape.context}
    return {"model": {"type": "phi3", "decoder": decoder, **ids, **sizes}, "search": search}


def main() -> None:
    """Convert what the command line names."""
    parser = argparse.ArgumentParser(prog="phi_providers.models.onnx_export", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--precision", choices=sorted(BITS), default="int4")
    parser.add_argument("--profile", type=Path, help="profile.json that describes the model")
    arguments = parser.parse_args()
    profile = read_object(arguments.profile) if arguments.profile else None
    info = ModelInfo(**profile, path="") if profile else None
    found = export(arguments.source, arguments.out, arguments.precision, info)
    print(f"{found.path}: model {found.id}, {found.precision}, {found.context} tokens")  # noqa: T201


if __name__ == "__main__":
    main()
