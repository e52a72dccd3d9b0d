"""Recognises a folder that holds a model for ONNX Runtime GenAI, and says what the model is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from phi_providers.messages import ModelInfo
from phi_providers.models.installed import (
    PHI3_4K_CONTEXT,
    PHI3_LONG_CONTEXT,
    PROFILE,
    from_profile,
    phi3_tokens,
    read_object,
)
from phi_providers.models.manifest import ModelError, checked_name

CONFIG = "genai_config.json"
MODEL = "model.onnx"
STRICT_MODEL = "model.strict.onnx"
"""A second graph over the same weights, computed in FP32 throughout; made here, other exports have none."""

PHI_TYPES = ("phi3",)
"""`model.type` of those whose control tokens are known here."""


def is_onnx_folder(path: Path) -> bool:
    """Return whether the folder is meant for this runtime."""
    return (path / CONFIG).is_file()


def from_folder(path: Path) -> ModelInfo:
    """Return the model in a folder, by its profile.json or else by its own files; raises ModelError."""
    return from_profile(path) if (path / PROFILE).is_file() else describe(path)


def describe(path: Path) -> ModelInfo:
    """Return what genai_config.json and tokenizer.json tell; raises ModelError naming what is missing."""
    model = read_model(path)
    missing = [name for name in (graph_file(model), "tokenizer.json") if not (path / name).is_file()]
    if missing:
        raise ModelError(f"{', '.join(missing)} missing from {path}; copy the whole folder")
    if model.get("type") not in PHI_TYPES:
        raise ModelError(f"the model in {path} is a {model.get('type', 'model without a type')}, not a phi3")
    controls, stop_ids = phi3_tokens(path)
    return ModelInfo(
        id=path.resolve().name,
        family="phi3_chat",
        path=str(path),
        context=safe_context(model),
        controls=controls,
        stop_ids=stop_ids,
    )


def read_model(path: Path) -> dict[str, Any]:
    """Return the object `model` of genai_config.json; raises ModelError."""
    model = read_object(path / CONFIG).get("model")
    if not isinstance(model, dict) or not isinstance(model.get("decoder"), dict):
        raise ModelError(f"{CONFIG} in {path} describes no language model; copy the folder again")
    return model


def graph_file(model: dict[str, Any]) -> str:
    """Return the name of the graph's file, which must be one of the folder's own."""
    return checked_name(str(model["decoder"].get("filename", MODEL)))


def safe_context(model: dict[str, Any]) -> int:
    """Return how many tokens the model bears, whatever its configuration claims."""
    declared = int(model.get("context_length") or PHI3_LONG_CONTEXT)
    window = (model["decoder"].get("sliding_window") or {}).get("window_size")
    if window == PHI3_4K_CONTEXT or declared == PHI3_LONG_CONTEXT:
        return min(declared, PHI3_4K_CONTEXT)
    return min(declared, PHI3_LONG_CONTEXT)
