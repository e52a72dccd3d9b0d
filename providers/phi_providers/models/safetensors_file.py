"""Weights as other projects publish them (safetensors), read with numpy alone and one tensor at a time."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phi_providers.models.manifest import ModelError, checked_name

Floats = NDArray[np.float32]

LONGEST_HEADER = 100 * 1000 * 1000
"""The limit of the format's own reader."""

_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "BF16": np.dtype("<u2")}


class Weights:
    """All tensors of a folder that holds `model.safetensors`, or shards and their index; raises ModelError."""

    def __init__(self, folder: Path) -> None:
        index = folder / "model.safetensors.index.json"
        names = ["model.safetensors"]
        if index.is_file():
            names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
        self._found: dict[str, tuple[Path, int, dict[str, Any]]] = {}
        for name in names:
            self._enter(folder / checked_name(name))

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def read(self, name: str) -> Floats:
        """Return a tensor as FP32."""
        if name not in self._found:
            raise ModelError(f"the weights have no tensor {name}; is this a Phi-3 model in its original form?")
        path, start, facts = self._found[name]
        kind, shape = _TYPES.get(facts["dtype"]), tuple(facts["shape"])
        begin, end = facts["data_offsets"]
        if kind is None or end - begin != kind.itemsize * int(np.prod(shape)):
            raise ModelError(f"tensor {name} in {path.name} is no F32, F16 or BF16 of its shape")
        raw = np.memmap(path, kind, "r", start + begin, shape)
        if facts["dtype"] == "BF16":  # the upper half of an FP32
            return np.asarray(raw.astype(np.uint32) << 16).view(np.float32)
        return np.asarray(raw, np.float32)

    def coded(self, name: str) -> None:  # noqa: ARG002  # the interface of all weights
        """Return None: weights in this form are numbers, not codes."""
        return

    def _enter(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                if length > LONGEST_HEADER:
                    raise ValueError
                header = json.loads(file.read(length))
        except (OSError, ValueError, struct.error) as exc:
            raise ModelError(f"{path.name} in {path.parent.name} cannot be read; copy the model again") from exc
        header.pop("__metadata__", None)
        for name, facts in header.items():
            self._found[name] = (path, 8 + length, facts)


def header(contents: Iterable[tuple[str, tuple[int, ...]]], kind: str) -> bytes:
    """Return the beginning of a file that holds tensors of these names and shapes, all of one type, in this order."""
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, shape in contents:
        end = offset + _TYPES[kind].itemsize * int(np.prod(shape))
        entries[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    data = json.dumps(entries).encode()
    data += b" " * (-len(data) % 8)
    return struct.pack("<Q", len(data)) + data
