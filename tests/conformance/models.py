"""The built-in model in the forms that the engines take: with the very same weights, or exported by a preset."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import onnx

from phi_providers.messages import ModelInfo
from phi_providers.models.onnx_folder import MODEL, STRICT_MODEL
from phi_providers.models.onnx_graph import with_fp32_activations


def make(source: Path, folder: Path, model: ModelInfo) -> ModelInfo:
    """Put the model in a folder into a new one, with the tokenizer that lies in `model`'s folder."""
    shutil.copytree(source, folder)
    # A manifest would say that the tokenizer is another one; a folder that has none is the user's own.
    for name in ("manifest.json", "profile.json"):
        (folder / name).unlink(missing_ok=True)
    shutil.copyfile(Path(model.path) / "tokenizer.json", folder / "tokenizer.json")
    # A server ends its answers at these, and there is no other way to tell it.
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": list(model.stop_ids)}), "utf-8")
    if (folder / MODEL).is_file() and not (folder / STRICT_MODEL).exists():
        graph = onnx.load(folder / MODEL, load_external_data=False)
        onnx.save_model(with_fp32_activations(graph), folder / STRICT_MODEL)
    return replace(model, path=str(folder))
