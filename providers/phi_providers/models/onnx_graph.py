"""The Phi-3 architecture as an ONNX graph, with ONNX Runtime's own operators, as its GenAI library wants it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from phi_providers.models.manifest import ModelError
from phi_providers.models.onnx_weights import BLOCK, WeightFile, operands
from phi_providers.models.safetensors_file import Floats
from phi_providers.models.weights import Coded, Weights

BITS = {"fp32": 32, "int8": 8, "int4": 4}
"""Precision → bits of a weight. Activations and the KV cache are FP32 in all of them, as a CPU likes it best."""

OPSET = 21
IR_VERSION = 10
MICROSOFT = "com.microsoft"

INT8_ACTIVATIONS = 4
FP32_ACTIVATIONS = 1
"""MatMulNBits' `accuracy_level`. With activations of 8 bits, 700 tokens took a fifth of the time of FP32, and a
log-probability depends in the second decimal on how many tokens are computed together."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What config.json says of the architecture."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    vocabulary: int
    context: int
    epsilon: float
    theta: float

    @property
    def head(self) -> int:
        """Numbers in one attention head."""
        return self.hidden // self.heads


def read_shape(config: dict[str, Any], context: int) -> Shape:
    """Return the shape; raises ModelError for a variant of the architecture that is not drawn here."""
    rope = {"rope_theta": 10000.0, **config, **(config.get("rope_parameters") or {})}
    scaled = config.get("rope_scaling") or rope.get("rope_type", "default") != "default"
    if config.get("model_type") != "phi3" or scaled or float(rope.get("partial_rotary_factor", 1.0)) != 1.0:
        raise ModelError(
            "only Phi-3 models with plain rotary positions can be converted here; for others use "
            "`python -m onnxruntime_genai.models.builder`"
        )
    return Shape(
        hidden=int(config["hidden_size"]),
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        kv_heads=int(config.get("num_key_value_heads") or config["num_attention_heads"]),
        vocabulary=int(config["vocab_size"]),
        context=context,
        epsilon=float(config["rms_norm_eps"]),
        theta=float(rope["rope_theta"]),
    )


def build(shape: Shape, weights: Weights, file: WeightFile, precision: str) -> onnx.ModelProto:
    """Return the graph, its weights written to `file`."""
    return _Drawing(shape, weights, file, BITS[precision]).model()


def with_fp32_activations(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the same graph over the same weights, computed in FP32 throughout."""
    strict = onnx.ModelProto()
    strict.CopyFrom(model)
    for attribute in (each for node in strict.graph.node for each in node.attribute if each.name == "accuracy_level"):
        attribute.i = FP32_ACTIVATIONS
    return strict


class _Drawing:
    """The nodes in the order of the computation; every method returns the name of its result."""

    def __init__(self, shape: Shape, weights: Weights, file: WeightFile, bits: int) -> None:
        self._shape = shape
        self._weights = weights
        self._file = file
        self._bits = bits
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: list[TensorProto] = []

    def model(self) -> onnx.ModelProto:
        lengths, total = self._lengths()
        cos, sin = self._rotations()
        hidden, delta = self._embedding(), ""
        for layer in range(self._shape.layers):
            at = f"model.layers.{layer}"
            normed, hidden = self._norm(f"{at}.input_layernorm", hidden, delta)
            packed = self._linear(f"{at}.self_attn.qkv_proj", normed)
            mixed = self._attention(layer, [packed, lengths, total, cos, sin])
            normed, hidden = self._norm(
                f"{at}.post_attention_layernorm", hidden, self._linear(f"{at}.self_attn.o_proj", mixed)
            )
            delta = self._feed_forward(f"{at}.mlp", normed)
        normed, _ = self._norm("model.norm", hidden, delta)
        self._logits(normed)
        inputs, outputs = self._ports()
        graph = helper.make_graph(self._nodes, "phi3", inputs, outputs, self._tensors)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="phi-ls")

    def _lengths(self) -> tuple[str, str]:
        """What the attention operator wants to know of the mask: index of the last key, and number of keys."""
        ones = self._node("ReduceSum", ["attention_mask", self._numbers("axis", [1])], "lengths", keepdims=0)
        last = self._node("Sub", [ones, self._numbers("one", [1])], "last")
        width = self._node("Shape", ["attention_mask"], "width", start=1, end=2)
        total = self._node("Squeeze", [self._cast(width, TensorProto.INT32)], "total")
        return self._cast(last, TensorProto.INT32), total

    def _rotations(self) -> tuple[str, str]:
        steps = np.arange(0, self._shape.head, 2, dtype=np.float64) / self._shape.head
        angles = np.outer(np.arange(self._shape.context), self._shape.theta**-steps)
        return self._keep("cos", np.cos(angles).astype(np.float32)), self._keep(
            "sin", np.sin(angles).astype(np.float32)
        )

    def _embedding(self) -> str:
        table = self._matrix("model.embed_tokens.weight", self._bits)
        if isinstance(table, Coded):
            return self._coded_embedding(table)
        kept = self._keep("model.embed_tokens.weight", table if self._bits == 32 else table.astype(np.float16))
        rows = self._node("Gather", [kept, "input_ids"], "embedded")
        return rows if self._bits == 32 else self._cast(rows, TensorProto.FLOAT)

    def _coded_embedding(self, table: Coded) -> str:
        def rows(kind: str, values: NDArray[np.generic]) -> str:
            name = f"embedding.{kind}"
            return self._node("Gather", [self._keep(name, values), "input_ids"], f"{name}.rows")

        codes, zeros = rows("codes", table.codes), rows("zeros", table.zeros[:, None])
        scales = rows("scales", table.scales[:, None])
        steps = [self._cast(each, TensorProto.FLOAT) for each in (codes, zeros)]
        return self._node("Mul", [self._node("Sub", steps, "embedding.steps"), scales], "embedded")

    def _norm(self, name: str, hidden: str, delta: str) -> tuple[str, str]:
        """Add `delta`, if any, to the residual stream; return it normalised, and as it is."""
        scale = self._keep(f"{name}.weight", self._weights.read(f"{name}.weight"))
        out, epsilon = f"{name}.out", self._shape.epsilon
        if not delta:
            return self._node("SimplifiedLayerNormalization", [hidden, scale], out, epsilon=epsilon, axis=-1), hidden
        node = helper.make_node(
            "SkipSimplifiedLayerNormalization",
            [hidden, delta, scale],
            [out, "", "", f"{name}.sum"],
            domain=MICROSOFT,
            epsilon=epsilon,
        )
        self._nodes.append(node)
        return out, f"{name}.sum"

    def _attention(self, layer: int, inputs: list[str]) -> str:
        packed, lengths, total, cos, sin = inputs
        past = [f"past_key_values.{layer}.{kind}" for kind in ("key", "value")]
        present = [f"present.{layer}.{kind}" for kind in ("key", "value")]
        node = helper.make_node(
            "GroupQueryAttention",
            [packed, "", "", *past, lengths, total, cos, sin],
            [f"attention.{layer}", *present],
            domain=MICROSOFT,
            num_heads=self._shape.heads,
            kv_num_heads=self._shape.kv_heads,
            do_rotary=1,
            scale=self._shape.head**-0.5,
        )
        self._nodes.append(node)
        return f"attention.{layer}"

    def _feed_forward(self, name: str, normed: str) -> str:
        both = self._matrix(f"{name}.gate_up_proj.weight", self._bits)
        gate, up = both.halves() if isinstance(both, Coded) else np.split(both, 2)
        gated = self._matmul(f"{name}.gate_proj", normed, gate, self._bits)
        swish = self._node("Mul", [gated, self._node("Sigmoid", [gated], f"{name}.sigmoid")], f"{name}.swish")
        product = self._node("Mul", [swish, self._matmul(f"{name}.up_proj", normed, up, self._bits)], f"{name}.product")
        return self._linear(f"{name}.down_proj", product)

    def _logits(self, normed: str) -> None:
        """Of the last token alone: nobody asks for the others, and a vocabulary is the widest matrix there is."""
        minus_one = self._numbers("minus_one", [-1])
        last = self._node("Gather", [normed, minus_one], "last_hidden", axis=1)
        tied = "lm_head.weight" not in self._weights
        bits = max(self._bits, 8)
        head = self._matrix("model.embed_tokens.weight" if tied else "lm_head.weight", bits)
        self._matmul("lm_head", last, head, bits, "logits")

    def _linear(self, name: str, value: str) -> str:
        return self._matmul(name, value, self._matrix(f"{name}.weight", self._bits), self._bits)

    def _matrix(self, name: str, bits: int) -> Floats | Coded:
        """Return a matrix, in the very codes of the model that it is from if those can be had."""
        coded = self._weights.coded(name) if bits == 8 else None
        return self._weights.read(name) if coded is None else coded

    def _matmul(self, name: str, value: str, matrix: Floats | Coded, bits: int, out: str = "") -> str:
        out = out or f"{name}.out"
        if bits == 32 and not isinstance(matrix, Coded):
            return self._node("MatMul", [value, self._keep(f"{name}.weight.transposed", matrix.T)], out)
        rows, width = matrix.codes.shape if isinstance(matrix, Coded) else matrix.shape
        inputs = [value, *(self._keep(f"{name}.{kind}", part) for kind, part in operands(matrix, bits).items())]
        facts = {"K": width, "N": rows, "bits": bits, "block_size": BLOCK, "accuracy_level": INT8_ACTIVATIONS}
        return self._node("MatMulNBits", inputs, out, domain=MICROSOFT, **facts)

    def _ports(self) -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
        shape, info = self._shape, helper.make_tensor_value_info
        inputs = [info("input_ids", TensorProto.INT64, ["batch", "tokens"])]
        inputs.append(info("attention_mask", TensorProto.INT64, ["batch", "total"]))
        outputs = [info("logits", TensorProto.FLOAT, ["batch", 1, shape.vocabulary])]
        for layer in range(shape.layers):
            for kind in ("key", "value"):
                past: list[str | int | None] = ["batch", shape.kv_heads, "past", shape.head]
                inputs.append(info(f"past_key_values.{layer}.{kind}", TensorProto.FLOAT, past))
                outputs.append(info(f"present.{layer}.{kind}", TensorProto.FLOAT, [*past[:2], "total", shape.head]))
        return inputs, outputs

    def _cast(self, value: str, kind: int) -> str:
        return self._node("Cast", [value], f"{value}.cast", to=kind)

    def _node(self, kind: str, inputs: list[str], out: str, *, domain: str = "", **facts: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [out], domain=domain, **facts))
        return out

    def _keep(self, name: str, values: NDArray[np.generic]) -> str:
        self._tensors.append(self._file.add(name, values))
        return name

    def _numbers(self, name: str, values: list[int]) -> str:
        # Small and read while the graph is optimised, so not in the file of weights.
        self._tensors.append(onnx.numpy_helper.from_array(np.array(values, np.int64), name))
        return name
