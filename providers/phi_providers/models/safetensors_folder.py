"""Models in the form in which they were trained: config.json, tokenizer.json and weights as safetensors, for torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phi_providers.messages import ModelInfo
from phi_providers.models.installed import PROFILE, from_profile, infer_phi3, read_object
from phi_providers.models.manifest import ModelError

_NEEDED = ("config.json", "tokenizer.json")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_PRECISIONS = {"float16": "fp16", "bfloat16": "bf16", "float32": "fp32"}


def is_safetensors_folder(path: Path) -> bool:
    """Return whether the folder holds such weights."""
    return any((path / name).is_file() for name in _WEIGHTS)


def from_folder(path: Path) -> ModelInfo:
    """Return the model in a folder, by its profile.json or else by its config.json and tokenizer.json.

    Raises ModelError naming what is missing. Weights in any other form, which may hold code, are no weights here.
    """
    missing = [name for name in _NEEDED if not (path / name).is_file()]
    if not is_safetensors_folder(path):
        missing.append(_WEIGHTS[0])
    if missing:
        raise ModelError(
            f"{', '.join(missing)} missing from {path}; copy the whole folder, with weights as safetensors"
        )
    info = from_profile(path) if (path / PROFILE).is_file() else infer_phi3(path)
    return replace(info, precision=_precision(path))


def original_of(info: ModelInfo, path: Path) -> ModelInfo:
    """Return what `info` says of a converted model for the folder that it was converted from; raises ModelError.

    The folder needs no profile: prompts, limits and control tokens do not depend on a model's form.
    """
    if not is_safetensors_folder(path):
        raise ModelError(f"{_WEIGHTS[0]} missing from {path}; copy the whole folder, with weights as safetensors")
    return replace(info, path=str(path), precision=_precision(path))


def _precision(path: Path) -> str:
    config = read_object(path / "config.json")
    kind = str(config.get("dtype") or config.get("torch_dtype") or "")
    return _PRECISIONS.get(kind, kind)
