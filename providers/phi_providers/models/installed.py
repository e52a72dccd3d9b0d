"""Which models are on this machine: the one that comes with the package, and folders that the user names."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from phi_providers.messages import Control, ModelInfo
from phi_providers.models.manifest import ModelError
from phi_providers.models.npu_fit import compression_mode

BUILTIN = Path(__file__).parent.parent / "starter"

PROFILE = "profile.json"
"""The fields of ModelInfo, without `path`, for a model that was prepared for this project."""

PHI3_4K_CONTEXT = 2047
"""Phi-3-mini-4k degenerates beyond: its sliding window has 2,047 tokens, whatever its config calls its context."""

PHI3_LONG_CONTEXT = 4096
"""The long-context models change their rotary factors here, which makes everything cached useless."""

_ROLES = {
    "<s>": Control.BEGIN,
    "<|system|>": Control.SYSTEM,
    "<|user|>": Control.USER,
    "<|assistant|>": Control.ASSISTANT,
    "<|end|>": Control.END,
}
"""Phi-3's control tokens, and what they are for."""
_ENDS = ("<|endoftext|>", "<|end|>", "<|assistant|>", "<|user|>", "<|system|>")
"""A model that writes one of these has ended its answer, or begins to invent the next turn."""

_NEEDED = ("config.json", "tokenizer.json", "openvino_model.xml", "openvino_model.bin")


def builtin() -> ModelInfo:
    """Return the model that comes with the package."""
    return from_folder(BUILTIN)


def from_folder(path: Path) -> ModelInfo:
    """Return the model in a folder, by its profile.json or else by its config.json and tokenizer.json.

    Raises ModelError naming what is missing, and what to do.
    """
    if not path.is_dir():
        raise ModelError(f"there is no folder {path}; give the folder that holds {_NEEDED[2]}")
    missing = [name for name in _NEEDED if not (path / name).is_file()]
    if missing:
        raise ModelError(
            f"{', '.join(missing)} missing from {path}; export the model with `optimum-cli export openvino` "
            "or copy the whole folder"
        )
    return from_profile(path) if (path / PROFILE).is_file() else infer_phi3(path)


def from_profile(path: Path) -> ModelInfo:
    """Return what profile.json says of a model; raises ModelError."""
    data = read_object(path / PROFILE)
    for name in ("stop_ids", "languages"):
        data[name] = tuple(data.get(name, ()))
    data["calibration"] = tuple((point[0], point[1]) for point in data.get("calibration", ()))
    try:
        return ModelInfo(**data, path=str(path))
    except TypeError as exc:
        raise ModelError(f"{PROFILE} in {path} does not describe a model: {exc}") from exc


def infer_phi3(path: Path) -> ModelInfo:
    """Return what config.json and tokenizer.json tell of a Phi-3; raises ModelError."""
    config = read_object(path / "config.json")
    if config.get("model_type") != "phi3":
        raise ModelError(f"the model in {path} is a {config.get('model_type', 'model without a type')}, not a phi3")
    controls, stop_ids = phi3_tokens(path)
    return ModelInfo(
        id=path.resolve().name,
        family="phi3_chat",
        path=str(path),
        context=_safe_context(config),
        precision=_precision(path),
        controls=controls,
        stop_ids=stop_ids,
    )


def phi3_tokens(path: Path) -> tuple[dict[str, int], tuple[int, ...]]:
    """Return the control tokens and the stop ids of the Phi-3 tokenizer in a folder; raises ModelError."""
    added = read_object(path / "tokenizer.json").get("added_tokens", [])
    ids = {token["content"]: int(token["id"]) for token in added}
    lacking = [token for token in _ROLES if token not in ids]
    if lacking:
        raise ModelError(f"the tokenizer in {path} has no {', '.join(lacking)}; it is not Phi-3's")
    controls = {role.value: ids[token] for token, role in _ROLES.items()}
    return controls, tuple(ids[token] for token in _ENDS if token in ids)


def _safe_context(config: dict[str, Any]) -> int:
    declared = int(config.get("max_position_embeddings", PHI3_LONG_CONTEXT))
    if config.get("sliding_window") == PHI3_4K_CONTEXT or declared == PHI3_LONG_CONTEXT:
        return min(declared, PHI3_4K_CONTEXT)
    return min(declared, int(config.get("original_max_position_embeddings") or declared), PHI3_LONG_CONTEXT)


def _precision(path: Path) -> str:
    if not (path / "openvino_config.json").is_file():
        return ""
    quantization = read_object(path / "openvino_config.json").get("quantization_config") or {}
    bits = quantization.get("bits") or (quantization.get("default_config") or {}).get("bits")
    # Exports by command line name no bits there; the model itself does.
    graph = (path / _NEEDED[2]).is_file()
    mode = compression_mode(path).partition("_")[0] if graph and not bits else ""
    return f"int{bits}" if bits else mode or str(read_object(path / "openvino_config.json").get("dtype") or "")


def read_object(file: Path) -> dict[str, Any]:
    """Return the object in a JSON file; raises ModelError."""
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelError(f"{file.name} in {file.parent} cannot be read; copy the folder again") from exc
    if not isinstance(data, dict):
        raise ModelError(f"{file.name} in {file.parent} holds no object; copy the folder again")
    return data


def write_object(file: Path, data: dict[str, Any]) -> None:
    r"""Write a JSON file, with \n as its line end on every system."""
    file.write_text(json.dumps(data, indent=1) + "\n", "utf-8", newline="\n")


def write_profile(folder: Path, info: ModelInfo) -> None:
    """Write what is known of a model into its folder, where `from_profile` finds it."""
    write_object(folder / PROFILE, {key: value for key, value in asdict(info).items() if key != "path"})
