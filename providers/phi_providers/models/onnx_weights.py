"""Where an ONNX graph's weights go: one file beside the graph, written as they come, quantised on the way."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.external_data_helper import set_external_data

from phi_providers.models.safetensors_file import Floats
from phi_providers.models.weights import Coded

DATA = "model.onnx.data"

ALIGNMENT = 4096
"""So that the runtime can map a tensor instead of copying it."""

BLOCK = 32
"""Weights that share a scale, as in the models that Microsoft publishes for CPUs."""


class WeightFile:
    """The file of weights; each `add` returns what the graph must know of the tensor."""

    def __init__(self, folder: Path) -> None:
        self._file: BinaryIO = (folder / DATA).open("wb")

    def __enter__(self) -> WeightFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, name: str, values: NDArray[np.generic]) -> onnx.TensorProto:
        """Write a tensor and return its entry in the graph."""
        self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
        data = np.ascontiguousarray(values)
        tensor = onnx.TensorProto(name=name, dims=data.shape, raw_data=b"\0")
        tensor.data_type = onnx.helper.np_dtype_to_tensor_dtype(data.dtype)
        set_external_data(tensor, DATA, offset=self._file.tell(), length=data.nbytes)
        tensor.ClearField("raw_data")
        self._file.write(data.tobytes())
        return tensor


def operands(matrix: Floats | Coded, bits: int) -> dict[str, NDArray[np.generic]]:
    """Return what the operator MatMulNBits takes for a matrix, in its order; codes that it has are kept."""
    if isinstance(matrix, Coded):
        return dict(zip(("codes", "scales", "zeros"), in_blocks(matrix), strict=True))
    return dict(zip(("codes", "scales"), quantise(matrix, bits), strict=True))


def quantise(weights: Floats, bits: int) -> tuple[NDArray[np.uint8], Floats]:
    """Return codes and scales of a matrix (rows: outputs) as the operator MatMulNBits takes them, symmetric.

    The scale of a block is that of its largest weight, which gets the code 0: it keeps its sign, and all codes serve.
    """
    rows, width = weights.shape
    blocks = np.pad(weights, ((0, 0), (0, -width % BLOCK))).reshape(rows, -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2, keepdims=True), axis=2)
    middle = 1 << (bits - 1)
    scales = (largest / -middle).astype(np.float32)
    codes = np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales != 0)
    whole = np.clip(np.rint(codes) + middle, 0, 2 * middle - 1).astype(np.uint8)
    if bits == 4:
        whole = whole[:, :, 0::2] | (whole[:, :, 1::2] << 4)
    return whole, scales[:, :, 0]


def in_blocks(matrix: Coded) -> tuple[NDArray[np.uint8], Floats, NDArray[np.uint8]]:
    """Return codes, scales and zeros of a matrix as MatMulNBits takes them; what they mean is not changed."""
    rows, width = matrix.codes.shape
    lacking = -width % BLOCK
    filling = np.repeat(matrix.zeros[:, None], lacking, axis=1)
    codes = np.concatenate([matrix.codes, filling], axis=1).reshape(rows, -1, BLOCK)
    blocks = codes.shape[1]
    return codes, np.repeat(matrix.scales[:, None], blocks, axis=1), np.repeat(matrix.zeros[:, None], blocks, axis=1)
