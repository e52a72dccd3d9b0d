"""The weights in an OpenVINO IR, under the names that they had before conversion; read with numpy alone.

So it also works in the environments of engines that do not have OpenVINO, or one that cannot read newer IR.
"""

from __future__ import annotations

import re

# The graph has been compared with its manifest before it is read: it is a file of ours.
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phi_providers.models.manifest import ModelError
from phi_providers.models.safetensors_file import Floats
from phi_providers.models.weights import Coded

GRAPH, DATA = "openvino_model.xml", "openvino_model.bin"

_TYPES: dict[str, np.dtype[Any]] = {
    "f32": np.dtype("<f4"),
    "f16": np.dtype("<f2"),
    "u8": np.dtype("u1"),
    "i8": np.dtype("i1"),
}
_MATRIX = re.compile(r"self\.(.+)\.(?:_openvino_orig_)?weight")
"""A matrix is a constant that has kept its parameter's name."""
_NORM = re.compile(r"__module\.(.+norm)/aten::mul/.+")
"""A norm's constant has lost its name; the multiplication that it goes into has kept its module's."""

_NORM_AXES = 3
"""Batch, token and the weight's own."""

_SIGNED_ZERO = 128
"""What is added to a signed code, and so the code that means zero."""


@dataclass(frozen=True)
class _Constant:
    name: str
    kind: str
    shape: tuple[int, ...]
    offset: int
    size: int


class IrWeights:
    """The weights of a model that Optimum has exported, in INT8 by row or not quantised; raises ModelError."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / DATA
        try:
            root = ET.parse(folder / GRAPH).getroot()  # noqa: S314
            constants = {layer.attrib["id"]: _constant(layer) for layer in root.iter("layer") if _is_constant(layer)}
            names = {layer.attrib["id"]: layer.attrib["name"] for layer in root.iter("layer")}
            edges = [(edge.attrib["from-layer"], edge.attrib["to-layer"]) for edge in root.iter("edge")]
        except (OSError, ValueError, KeyError, ET.ParseError) as exc:
            raise ModelError(f"{GRAPH} in {folder.name} cannot be read; install the model again") from exc
        self._constants = {each.name: each for each in constants.values()}
        self._found = {
            f"{match[1]}.weight": each for each in constants.values() if (match := _MATRIX.fullmatch(each.name))
        }
        for source, target in edges:
            if source in constants and (match := _NORM.fullmatch(names[target])):
                self._found[f"{match[1]}.weight"] = constants[source]

    @property
    def names(self) -> list[str]:
        """The names of all weights."""
        return sorted(self._found)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def read(self, name: str) -> Floats:
        """Return a tensor as FP32."""
        coded = self.coded(name)
        if coded is not None:
            return coded.values()
        values = self._load(self._entry(name)).astype(np.float32)
        return values.reshape(-1) if values.ndim == _NORM_AXES else values

    def coded(self, name: str) -> Coded | None:
        """Return a matrix as codes; None if it is not quantised."""
        entry = self._entry(name)
        if entry.kind not in ("u8", "i8"):
            return None
        codes = self._load(entry)
        scales, zeros = (self._by_row(entry, what) for what in ("scale", "zero_point"))
        if codes.ndim != 2 or scales is None or (zeros is None) != (entry.kind == "i8"):
            raise ModelError(f"tensor {name} is quantised in a way that is not known here")
        if zeros is None:
            codes = (codes.astype(np.int16) + _SIGNED_ZERO).astype(np.uint8)
            zeros = np.full(len(codes), _SIGNED_ZERO, np.uint8)
        return Coded(codes=codes, zeros=zeros, scales=scales.astype(np.float32))

    def _by_row(self, matrix: _Constant, what: str) -> NDArray[Any] | None:
        """Return what stands beside a matrix under this name, if there is one of it for each row."""
        entry = self._constants.get(f"{matrix.name}/{what}")
        return self._load(entry).reshape(-1) if entry and entry.shape == (matrix.shape[0], 1) else None

    def _entry(self, name: str) -> _Constant:
        if name not in self._found:
            raise ModelError(f"the graph has no tensor {name}; is this a Phi-3 model that Optimum exported?")
        return self._found[name]

    def _load(self, entry: _Constant) -> NDArray[Any]:
        kind, count = _TYPES.get(entry.kind), int(np.prod(entry.shape))
        if kind is None or entry.size != count * kind.itemsize:
            raise ModelError(f"constant {entry.name} is of type {entry.kind}, which is not known here")
        try:
            return np.fromfile(self._data, kind, count, offset=entry.offset).reshape(entry.shape)
        except (OSError, ValueError) as exc:
            raise ModelError(f"{DATA} in {self._data.parent.name} cannot be read; install the model again") from exc


def _is_constant(layer: ET.Element) -> bool:
    return layer.get("type") == "Const"


def _constant(layer: ET.Element) -> _Constant:
    data = layer.find("data")
    facts = {} if data is None else data.attrib
    shape = tuple(int(size) for size in facts["shape"].split(",") if size.strip())
    return _Constant(layer.attrib["name"], facts["element_type"], shape, int(facts["offset"]), int(facts["size"]))
