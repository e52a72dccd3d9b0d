"""The weights of a converted model as the numbers that its codes of 4 and 8 bits mean, read without any engine."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from phi_providers.models.openvino_ir import GRAPH, IrWeights

Floats = NDArray[np.float32]

ZERO = 8
"""The code that means zero where a block of codes is without a sign."""


def codes_of(packed: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Return the codes of 4 bits in bytes, two each, the lower bits first."""
    return np.stack([packed & 15, packed >> 4], axis=-1).reshape(-1).astype(np.int8)


class GroupedIr(IrWeights):
    """An OpenVINO model whose matrices may be in signed codes of 4 bits, with a scale for each group of columns.

    Where it is in FP16 throughout, a norm's constant is converted before it goes into its multiplication.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        root = ET.parse(folder / GRAPH).getroot()
        names = {layer.attrib["id"]: layer.attrib["name"] for layer in root.iter("layer")}
        for edge in root.iter("edge"):
            norm = re.fullmatch(r"__module\.(.+norm)/aten::mul/.+", names[edge.attrib["to-layer"]])
            constant = self._constants.get(f"{names[edge.attrib['from-layer']]}_compressed")
            if norm and constant:
                self._found[f"{norm[1]}.weight"] = constant

    def read(self, name: str) -> Floats:
        """Return a tensor."""
        entry = self._entry(name)
        if entry.kind != "i4":
            return super().read(name)
        codes = codes_of(np.fromfile(self._data, np.uint8, entry.size, offset=entry.offset)).reshape(entry.shape)
        signed = np.where(codes >= ZERO, codes - 2 * ZERO, codes)
        scales = self._load(self._constants[f"{entry.name}/scale"]).astype(np.float32)
        return np.asarray((signed * scales).reshape(entry.shape[0], -1), np.float32)


PARTS = {
    "self_attn.qkv_proj": ("attn.qkv_proj",),
    "self_attn.o_proj": ("attn.o_proj",),
    "mlp.gate_up_proj": ("mlp.gate_proj", "mlp.up_proj"),
    "mlp.down_proj": ("mlp.down_proj",),
}
"""What a matrix is called, and which ones the builder makes of it, one below the other."""

SPLIT = ("attn.q_proj", "attn.k_proj", "attn.v_proj")
"""For DirectML `attn.qkv_proj` is in three."""


class BlockedOnnx:
    """A model of ONNX Runtime GenAI's builder: matrices in codes of 4 bits, with a scale for each 32 columns."""

    def __init__(self, folder: Path) -> None:
        graph = onnx.load(folder / "model.onnx").graph
        self._found = {tensor.name: tensor for tensor in graph.initializer}
        self._layers = sum("input_layernorm" in name for name in self._found)

    def __contains__(self, name: str) -> bool:
        return name != "lm_head.weight"  # it is the embedding

    def read(self, name: str) -> Floats:
        """Return a tensor."""
        stem = name.removesuffix(".weight")
        if stem == "model.embed_tokens":
            return self._matrix("lm_head")
        if stem == "model.norm":
            return self._numbers(f"model.layers.{self._layers}.final_norm_layernorm.weight")
        if stem.endswith("norm"):
            return self._numbers(name)
        return np.concatenate([self._matrix(part) for part in self._parts(stem)])

    def _parts(self, stem: str) -> list[str]:
        layer, kind = stem.rsplit(".", 2)[0], ".".join(stem.rsplit(".", 2)[1:])
        parts = PARTS[kind]
        if f"{layer}.{parts[0]}.MatMul.weight_Q4" not in self._found:
            parts = SPLIT
        return [f"{layer}.{part}" for part in parts]

    def _matrix(self, stem: str) -> Floats:
        packed = numpy_helper.to_array(self._found[f"{stem}.MatMul.weight_Q4"])
        scales = self._numbers(f"{stem}.MatMul.weight_scales")
        codes = codes_of(packed.reshape(-1)).reshape(*scales.shape, -1)
        return np.asarray(((codes - ZERO) * scales[..., None]).reshape(len(scales), -1), np.float32)

    def _numbers(self, name: str) -> Floats:
        return np.asarray(numpy_helper.to_array(self._found[name]), np.float32)


def weights_of(folder: Path) -> IrWeights | BlockedOnnx:
    """Return the weights of a model in a folder, in whichever form."""
    return GroupedIr(folder) if (folder / GRAPH).is_file() else BlockedOnnx(folder)
