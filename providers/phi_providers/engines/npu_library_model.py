"""Loads a model with Intel's NPU Acceleration Library, in a folder where nothing lies that it would execute.

The library looks for pickled models below `cache/models` in the working directory and unpickles them, whatever
`export` says, and its quantiser leaves a folder there. The working directory is therefore a new one of our own.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from phi_providers.errors import LoadFailed

LIBRARY = "intel_npu_acceleration_library"
PREFIX = "npu_library-"
DAY_S = 24 * 3600.0

PRECISIONS = ("fp16", "int8", "int4")


def enter_private_folder() -> None:
    """Make a new folder below the worker's home the working directory; those that dead workers left go."""
    home = Path.home()
    for folder in home.glob(f"{PREFIX}*"):
        if time.time() - folder.stat().st_mtime > DAY_S:
            shutil.rmtree(folder, ignore_errors=True)
    os.chdir(tempfile.mkdtemp(prefix=PREFIX, dir=home))


def import_library() -> Any:
    """Return the library; its OpenVINO's telemetry is off, and its warnings go to our reason for the device."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how a module is forbidden
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(LIBRARY)


def has_npu() -> bool:
    """Whether the library found an NPU; without one it lets OpenVINO choose."""
    return bool(importlib.import_module(f"{LIBRARY}.backend").npu_available())


def devices_without_npu() -> list[str]:
    """Return the devices that OpenVINO would choose from."""
    from openvino import Core

    return [str(name) for name in Core().available_devices]


def choose_precision(folder: Path, wanted: str, *, on_npu: bool) -> str:
    """Return the precision to quantise to, the one that is wanted if any; raises LoadFailed."""
    tied = bool(json.loads((folder / "config.json").read_text("utf-8")).get("tie_word_embeddings"))
    best = "int4" if on_npu else "int8"
    chosen = wanted or ("fp16" if tied else best)
    if chosen not in PRECISIONS:
        raise LoadFailed(f"the NPU library has no precision {chosen}; use {', '.join(PRECISIONS)}")
    if tied and chosen != "fp16":
        # Seen at INT8: it writes its codes into the matrix that both share, and the model repeats its last token.
        why = "its embedding and its output layer are one matrix, which the NPU library's quantiser spoils"
        raise LoadFailed(f"{chosen} does not work for this model: {why}; use fp16 or the engine openvino")
    return chosen


def load_model(folder: Path, precision: str) -> Any:
    """Return the quantised model; raises LoadFailed, and whatever library and transformers raise."""
    import torch

    int4 = importlib.import_module(f"{LIBRARY}.dtypes").int4
    dtype = {"fp16": torch.float16, "int8": torch.int8, "int4": int4}[precision]
    model = import_library().NPUModelForCausalLM.from_pretrained(
        str(folder),
        config=importlib.import_module(f"{LIBRARY}.compiler").CompilerConfig(dtype=dtype),
        export=False,
        use_cache=True,
        attn_implementation="sdpa",
        local_files_only=True,
        use_safetensors=True,
        **_rotary(folder),
    )
    return model.train(mode=False)


def _rotary(folder: Path) -> dict[str, Any]:
    """Return the rotary settings under the names that transformers 4 reads; newer ones it would silently ignore."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    newer = config.get("rope_parameters")
    if not newer:
        return {}
    if newer.get("rope_type", "default") != "default":
        raise LoadFailed(f"the NPU library does not know rotary embeddings of type {newer['rope_type']}; use openvino")
    return {"rope_theta": float(newer["rope_theta"])}
