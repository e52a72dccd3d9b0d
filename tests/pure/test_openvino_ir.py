"""Weights out of an OpenVINO IR: every kind of quantisation that is known, and a plain no for the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from phi_providers.models.manifest import ModelError
from phi_providers.models.onnx_weights import BLOCK, in_blocks
from phi_providers.models.openvino_ir import IrWeights
from phi_providers.models.safetensors_file import Weights, header
from phi_providers.models.weights import Coded

KINDS = {"float32": "f32", "float16": "f16", "uint8": "u8", "int8": "i8", "int32": "i32"}
ROWS = np.array([[2], [0.5], [0.25]], np.float16)


class Ir:
    """A graph that is being written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = b""
        self._layers = ""
        self._edges = ""
        self._count = 0

    def constant(self, name: str, values: NDArray[Any]) -> int:
        """Add a constant."""
        shape = ", ".join(str(size) for size in values.shape)
        facts = f'element_type="{KINDS[str(values.dtype)]}" shape="{shape}"'
        facts += f' offset="{len(self._data)}" size="{values.nbytes}"'
        self._data += values.tobytes() + b"\xee"  # nothing is aligned
        return self._layer("Const", name, f"<data {facts}/>")

    def consumer(self, name: str, *sources: int) -> None:
        """Add a multiplication of these."""
        target = self._layer("Multiply", name)
        for source in sources:
            self._edges += f'<edge from-layer="{source}" from-port="0" to-layer="{target}" to-port="0"/>'

    def weights(self) -> IrWeights:
        """Write both files and read them."""
        graph = f"<net><layers>{self._layers}</layers><edges>{self._edges}</edges></net>"
        (self._folder / "openvino_model.xml").write_text(graph, "utf-8")
        (self._folder / "openvino_model.bin").write_bytes(self._data)
        return IrWeights(self._folder)

    def _layer(self, kind: str, name: str, data: str = "") -> int:
        self._count += 1
        self._layers += f'<layer id="{self._count}" name="{name}" type="{kind}">{data}</layer>'
        return self._count


@pytest.fixture
def ir(tmp_path: Path) -> Ir:
    """An empty graph."""
    return Ir(tmp_path)


def test_asymmetric_codes_mean_what_zero_and_scale_make_of_them(ir: Ir) -> None:
    """(code - zero) times scale, row by row; the codes themselves are at hand, too."""
    ir.constant("self.a.proj._openvino_orig_weight", np.array([[0, 255], [3, 4], [128, 1]], np.uint8))
    ir.constant("self.a.proj._openvino_orig_weight/zero_point", np.array([[128], [3], [0]], np.uint8))
    ir.constant("self.a.proj._openvino_orig_weight/scale", ROWS)
    weights = ir.weights()
    assert ["a.proj.weight"] == weights.names
    assert [[-256, 254], [0, 0.5], [32, 0.25]] == weights.read("a.proj.weight").tolist()
    coded = weights.coded("a.proj.weight")
    assert coded is not None
    assert [128, 3, 0] == coded.zeros.tolist()


def test_symmetric_codes_have_their_zero_in_the_middle(ir: Ir) -> None:
    """Signed codes without a zero become unsigned ones that mean the same."""
    ir.constant("self.a.proj.weight", np.array([[-128, 127], [0, 4], [-1, 1]], np.int8))
    ir.constant("self.a.proj.weight/scale", ROWS)
    weights = ir.weights()
    assert [[-256, 254], [0, 2], [-0.25, 0.25]] == weights.read("a.proj.weight").tolist()
    coded = weights.coded("a.proj.weight")
    assert coded is not None
    assert [[0, 255], [128, 132], [127, 129]] == coded.codes.tolist()


def test_what_is_not_quantised_is_read_as_it_is(ir: Ir) -> None:
    """A matrix of FP16 has no codes; a norm is found by what multiplies with it, and loses the axes of a batch."""
    ir.constant("self.lm_head.weight", ROWS)
    norm = ir.constant("Constant_7", np.array([[[1, 2]]], np.float32))
    other = ir.constant("Constant_8", np.array([[[5]]], np.float32))
    ir.consumer("__module.model.norm/aten::mul/Multiply_1", norm)
    ir.consumer("__module.model.norm/aten::pow/Power", other)
    weights = ir.weights()
    assert ["lm_head.weight", "model.norm.weight"] == weights.names
    assert ROWS.tolist() == weights.read("lm_head.weight").tolist()
    assert weights.coded("lm_head.weight") is None
    assert [1, 2] == weights.read("model.norm.weight").tolist()


def test_one_constant_can_be_the_norm_of_two_layers(ir: Ir) -> None:
    """Equal constants are stored once."""
    norm = ir.constant("Constant_7", np.array([[[1, 2]]], np.float32))
    ir.consumer("__module.model.layers.0.input_layernorm/aten::mul/Multiply_1", norm)
    ir.consumer("__module.model.layers.1.input_layernorm/aten::mul/Multiply_1", norm)
    assert ["model.layers.0.input_layernorm.weight", "model.layers.1.input_layernorm.weight"] == ir.weights().names


def test_what_is_not_known_is_refused(ir: Ir, tmp_path: Path) -> None:
    """Groups within a row, other types, tensors that are not there, and graphs that are none: one sentence each."""
    ir.constant("self.a.proj.weight", np.zeros((3, 4), np.uint8))
    ir.constant("self.a.proj.weight/scale", np.ones((3, 2), np.float16))
    ir.constant("self.b.proj.weight", np.zeros((3, 4), np.uint8))
    ir.constant("self.b.proj.weight/scale", ROWS)
    ir.constant("self.c.proj.weight", np.zeros((3, 4), np.int32))
    weights = ir.weights()
    for name, words in (
        ("a", "quantised in a way"),
        ("b", "quantised in a way"),
        ("c", "type i32"),
        ("d", "no tensor"),
    ):
        with pytest.raises(ModelError, match=words):
            weights.read(f"{name}.proj.weight")
    (tmp_path / "openvino_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"openvino_model\.bin in .* cannot be read"):
        weights.read("b.proj.weight")
    (tmp_path / "openvino_model.xml").write_text("<net><layers>", "utf-8")
    with pytest.raises(ModelError, match=r"openvino_model\.xml in .* cannot be read"):
        IrWeights(tmp_path)


@pytest.mark.parametrize("width", [BLOCK, 3 * BLOCK, 2 * BLOCK + 5])
def test_in_blocks_codes_mean_the_same(width: int) -> None:
    """What MatMulNBits computes with is the matrix, and zeros where a row ends within a block."""
    dice = np.random.default_rng(width)
    matrix = Coded(
        codes=dice.integers(0, 256, (6, width), np.uint8),
        zeros=dice.integers(0, 256, 6, np.uint8),
        scales=dice.random(6, np.float32),
    )
    codes, scales, zeros = in_blocks(matrix)
    steps = codes.astype(np.float32) - zeros[:, :, None].astype(np.float32)
    values = (steps * scales[:, :, None]).reshape(6, -1)
    assert np.array_equal(matrix.values(), values[:, :width])
    assert not values[:, width:].any()
    upper, lower = matrix.halves()
    assert np.array_equal(matrix.values(), np.concatenate([upper.values(), lower.values()]))


def test_a_header_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Name, shape and place of each tensor; they begin at a multiple of eight bytes, as readers want it."""
    values = {"one": np.arange(6, dtype=np.float32).reshape(2, 3), "two": np.array([7], np.float32)}
    start = header([(name, each.shape) for name, each in values.items()], "F32")
    (tmp_path / "model.safetensors").write_bytes(start + b"".join(each.tobytes() for each in values.values()))
    weights = Weights(tmp_path)
    assert 0 == len(start) % 8
    assert {name: each.tolist() for name, each in values.items()} == {n: weights.read(n).tolist() for n in values}
    assert weights.coded("one") is None
