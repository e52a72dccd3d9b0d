"""The forms in which a folder can hold a model, and which engines run each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phi_providers.messages import ModelInfo
from phi_providers.models import installed, onnx_folder, safetensors_folder

OPENVINO = ("openvino",)
ONNX = ("onnxruntime",)
SAFETENSORS = ("transformers", "npu_library")
"""Engines of each form, the best of them first."""

READS = {
    **dict.fromkeys(OPENVINO, "openvino_model.xml"),
    **dict.fromkeys(ONNX, "genai_config.json"),
    **dict.fromkeys(SAFETENSORS, "model.safetensors"),
}
"""Engine → the file that it looks for in a model's folder."""


@dataclass(frozen=True, kw_only=True)
class FoundModel:
    """A model and the engines that can run it."""

    info: ModelInfo
    engines: tuple[str, ...]


def find(path: Path) -> FoundModel:
    """Return the model in a folder; raises ModelError saying what is missing, and what to do."""
    if onnx_folder.is_onnx_folder(path):
        return FoundModel(info=onnx_folder.from_folder(path), engines=ONNX)
    if safetensors_folder.is_safetensors_folder(path) and not (path / "openvino_model.xml").is_file():
        return FoundModel(info=safetensors_folder.from_folder(path), engines=SAFETENSORS)
    return FoundModel(info=installed.from_folder(path), engines=OPENVINO)


def builtin() -> FoundModel:
    """Return the model that comes with the package, in OpenVINO's form; `builtin_forms` makes the others of it."""
    return FoundModel(info=installed.builtin(), engines=(*OPENVINO, *ONNX, *SAFETENSORS))
