"""The model of Phi-3-mini's shape that benchmarks run on: its tensors, their order in the file, and its settings."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import numpy as np

from phi_providers.models import shape
from phi_providers.models.safetensors_file import Weights
from phi_providers.models.safetensors_folder import from_folder

ORIGINAL = Path(__file__).parents[2] / "providers" / "starter-original"


def header(data: bytes) -> dict[str, dict[str, object]]:
    (length,) = struct.unpack("<Q", data[:8])
    found: dict[str, dict[str, object]] = json.loads(data[8 : 8 + length])
    return found


def test_the_tensors_are_those_of_a_real_model() -> None:
    """The built-in model is of the same architecture and has the same names, less the head it shares."""
    layers = json.loads((ORIGINAL / "config.json").read_text("utf-8"))["num_hidden_layers"]
    with (ORIGINAL / "model.safetensors").open("rb") as file:
        real = set(header(file.read(1 << 20))) - {"__metadata__"}
    assert real == {name for name, _ in shape.tensors(layers)} - {"lm_head.weight"}


def test_all_layers_have_the_published_number_of_parameters() -> None:
    """3.8 billion."""
    assert 3_821_079_552 == sum(int(np.prod(dimensions)) for _, dimensions in shape.tensors(shape.LAYERS))


def test_weights_can_be_read_back(tmp_path: Path) -> None:
    """Norms are ones, matrices are small random numbers, different for each tensor, the same each time."""
    contents: list[tuple[str, tuple[int, ...]]] = [("a", (7, 5)), ("norm", (5,)), ("b", (1500, 3))]
    first, second = io.BytesIO(), io.BytesIO()
    for file in (first, second):
        shape.write_weights(file, contents)
    assert first.getvalue() == second.getvalue()
    (tmp_path / "model.safetensors").write_bytes(first.getvalue())
    weights = Weights(tmp_path)
    assert (7, 5) == weights.read("a").shape
    assert [1.0] * 5 == weights.read("norm").tolist()
    assert 0.018 < float(weights.read("b").std()) < 0.022


def test_its_folder_is_taken_for_a_phi3(tmp_path: Path) -> None:
    """With the context that the real one bears, and the tokenizer of the built-in model."""
    (tmp_path / "config.json").write_text(json.dumps(shape.config(8)), "utf-8")
    (tmp_path / "tokenizer.json").write_bytes((ORIGINAL / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"")
    info = from_folder(tmp_path)
    assert ("phi3_chat", 2047, "fp16") == (info.family, info.context, info.precision)


def test_the_export_is_quantised_as_an_npu_needs_it(tmp_path: Path) -> None:
    """Symmetric, all of it, in groups of 128."""
    command = shape.export_command("python", tmp_path, "int4")
    assert ["--sym", "--group-size", "128", "--ratio", "1.0", str(tmp_path / "int4")] == command[-6:]
