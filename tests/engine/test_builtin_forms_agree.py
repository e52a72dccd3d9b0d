"""The built-in model is the same model in every form: same weights, same answers in FP32."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine.built_in import SOURCE, Model, continue_text, infill
from engine.onnx_model import OnnxModel
from engine.phi3_in_numpy import Phi3
from numpy.typing import NDArray

from phi_providers.engines.openvino_import import openvino
from phi_providers.models.builtin_forms import form_of_builtin
from phi_providers.models.forms import find
from phi_providers.models.installed import BUILTIN, builtin, read_object
from phi_providers.models.manifest import verify
from phi_providers.models.safetensors_file import Weights

PROMPTS = [infill(line, 8, before=20, after=6, new=8) for line in (150, 550, 950)] + [
    continue_text("\n".join(SOURCE[line - 24 : line]), 8) for line in (200, 600, 1000)
]
STRICT = {"INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the forms are made once for all tests."""
    return tmp_path_factory.mktemp("forms")


def openvino_weights() -> dict[str, NDArray[Any]]:
    """Every weight as OpenVINO itself reads and decodes it."""
    graph = openvino().Core().read_model(BUILTIN / "openvino_model.xml")
    data = {op.get_friendly_name(): op.data for op in graph.get_ops() if op.get_type_name() == "Constant"}
    found = {}
    for name in (name for name in data if name.endswith("/scale")):
        stem = name.removesuffix("/scale")
        parameter = f"{stem.removeprefix('self.').removesuffix('._openvino_orig_weight')}.weight"
        steps = data[stem].astype(np.float64) - data[f"{stem}/zero_point"].astype(np.float64)
        found[parameter] = steps * data[name].astype(np.float64)
    for op in graph.get_ops():
        if match := re.fullmatch(r"__module\.(.*norm)/aten::mul/Multiply_1", op.get_friendly_name()):
            found[f"{match[1]}.weight"] = op.input_value(0).get_node().data.reshape(-1)
    return found


def test_the_converted_weights_are_those_that_openvino_decodes(cache: Path) -> None:
    """Every tensor, under the name that transformers has for it, without the smallest difference."""
    weights = Weights(form_of_builtin("transformers", cache))
    expected = openvino_weights()
    layers = read_object(BUILTIN / "config.json")["num_hidden_layers"]
    assert 6 * layers + 2 == len(expected)
    for name, values in expected.items():
        assert np.array_equal(values, weights.read(name)), name


def test_the_last_matrix_is_not_the_embedding_itself(cache: Path) -> None:
    """It holds the same numbers, but apart: Intel's NPU library quantises it in place."""
    folder = form_of_builtin("npu_library", cache)
    weights = Weights(folder)
    assert read_object(folder / "config.json")["tie_word_embeddings"] is False
    assert np.array_equal(weights.read("model.embed_tokens.weight"), weights.read("lm_head.weight"))


def test_the_converted_weights_give_openvinos_logits(cache: Path) -> None:
    """Names and layout are right: Phi-3's arithmetic on them is what OpenVINO computes in FP32, to 2e-4 of 15."""
    folder = form_of_builtin("transformers", cache)
    config = read_object(folder / "config.json")
    ids = [int(each) for each in np.random.default_rng(5).integers(11, config["vocab_size"], 24)]
    expected = Phi3(Weights(folder), config, np.float64).logits(ids, [])
    request = openvino().Core().compile_model(BUILTIN / "openvino_model.xml", "CPU", STRICT).create_infer_request()
    inputs = {
        "input_ids": np.array([ids]),
        "attention_mask": np.ones((1, len(ids)), np.int64),
        "position_ids": np.arange(len(ids))[None],
        "beam_idx": np.zeros(1, np.int32),
    }
    (found,) = request.infer(inputs).values()
    assert np.abs(expected - found[0]).max() < 2e-4


def test_onnx_runtime_answers_as_openvino_does(cache: Path, strict: Model) -> None:
    """With FP32 arithmetic: the same tokens on six prompts, log-probabilities to 1e-3 (5e-5 was measured)."""
    model = OnnxModel(info=find(form_of_builtin("onnxruntime", cache)).info, strict=True)
    for request in PROMPTS:
        expected, found = strict.ask(request), model.ask(request)
        assert expected.ids == found.ids
        assert expected.log_probs == pytest.approx(found.log_probs, abs=1e-3)


def test_most_answers_agree_at_the_shipped_precision(cache: Path, strict: Model) -> None:
    """The same codes with activations of 8 bits: the answers of at least four prompts in six are those of FP32."""
    model = OnnxModel(info=find(form_of_builtin("onnxruntime", cache)).info)
    agreed = [strict.ask(request).ids == model.ask(request).ids for request in PROMPTS]
    assert sum(agreed) >= 4


@pytest.mark.parametrize(
    ("engine", "precision"), [("onnxruntime", "int8"), ("transformers", "fp32"), ("npu_library", "fp32")]
)
def test_a_form_is_a_whole_folder_for_its_engine(cache: Path, engine: str, precision: str) -> None:
    """It passes its manifest, is recognised as this engine's, and says of the model what the shipped folder says."""
    folder = form_of_builtin(engine, cache)
    verify(folder, full=True)
    found = find(folder)
    assert engine in found.engines
    assert {**vars(builtin()), "path": str(folder), "precision": precision} == vars(found.info)
    assert (folder / "tokenizer.json").read_bytes() == (BUILTIN / "tokenizer.json").read_bytes()


def test_openvino_takes_the_model_as_it_is_shipped(tmp_path: Path) -> None:
    """Nothing is made for it."""
    assert BUILTIN == form_of_builtin("openvino", tmp_path)
    assert [] == list(tmp_path.iterdir())
