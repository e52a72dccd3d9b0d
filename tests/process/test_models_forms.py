"""Variants in other forms than OpenVINO's: in a folder of a larger repository, under other names, in several pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from process.local_hub import LocalHub, Repository, local_hub
from process.pulling import REPOSITORY, VARIANT, Fetcher, small_model

from phi_providers.models.forms import ONNX, SAFETENSORS, find

TOKENIZER = {"tokenizer.json": small_model()["tokenizer.json"]}
GENAI = json.dumps({"model": {"type": "phi3", "decoder": {"filename": "model.onnx"}}}).encode()
GRAPH = {"genai_config.json": GENAI, "model.onnx": b"graph" * 50_000, "model.onnx.data": b"weights" * 50_000}
FOLDER = "cpu_and_mobile/cpu-int4"


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


def fetcher(hub: LocalHub, home: Path, published: dict[str, bytes], **variant: Any) -> Fetcher:
    """Return what fetches such a variant from a repository with these files."""
    hub.repositories[REPOSITORY] = [Repository(published)]
    return Fetcher(home, hub, **variant)


def in_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{FOLDER}/{name}": data for name, data in files.items()}


def test_onnx_in_a_folder(hub: LocalHub, tmp_path: Path) -> None:
    """Of a repository with many variants one folder is fetched, and lies flat; the engine that it is for is found."""
    others = {"cuda/cuda-int4/model.onnx.data": b"others" * 50_000, **GRAPH, **TOKENIZER}
    published = {**others, **in_folder({**GRAPH, **TOKENIZER, "genai_config.json": GENAI + b" "})}
    listed = [*GRAPH, *TOKENIZER]
    onnx = fetcher(hub, tmp_path, published, engine="onnxruntime", folder=FOLDER, files=listed)
    model = onnx.pull()
    assert GENAI + b" " == (model.path / "genai_config.json").read_bytes()
    assert ONNX == find(model.path).engines
    assert VARIANT == find(model.path).info.id
    asked = [path for _, path, _ in hub.requests if "/resolve/" in path]
    assert len(listed) == len(asked) == len([path for path in asked if f"/{FOLDER}/" in path])


def test_another_name_for_the_graph(hub: LocalHub, tmp_path: Path) -> None:
    """A file that other revisions name otherwise is found by either name, and keeps the one that it has."""
    files: list[Any] = ["genai_config.json", "tokenizer.json"]
    files += [{"name": "phi.onnx", "alternatives": ["model.onnx"], "sha256": "0" * 64}]
    files += [{"name": "phi.onnx.data", "alternatives": ["model.onnx.data"]}]
    onnx = fetcher(hub, tmp_path, {**GRAPH, **TOKENIZER}, engine="onnxruntime", files=files)
    assert {"model.onnx", "model.onnx.data"} < set(onnx.pull().files)


def test_a_file_that_need_not_be_there(hub: LocalHub, tmp_path: Path) -> None:
    """What is not required is fetched where it is, and not missed where it is not."""
    files: list[Any] = [*GRAPH, *TOKENIZER, {"name": "config.json", "required": False}]
    onnx = fetcher(hub, tmp_path, {**GRAPH, **TOKENIZER}, engine="onnxruntime", files=files)
    assert "config.json" not in onnx.pull().files
    hub.repositories[REPOSITORY].append(Repository({**GRAPH, **TOKENIZER, "config.json": b"{}"}))
    assert "config.json" in onnx.pull(latest=True).files


def test_a_file_that_must_be_there(hub: LocalHub, tmp_path: Path) -> None:
    """What is required and not published ends it before anything is fetched."""
    onnx = fetcher(hub, tmp_path, {**GRAPH, **TOKENIZER}, engine="onnxruntime", files=[*GRAPH, *TOKENIZER, "more.json"])
    assert "more.json is not in the repository" in onnx.refused()
    assert [] == hub.asked("/resolve/")


def test_the_original_weights_in_pieces(hub: LocalHub, tmp_path: Path) -> None:
    """Weights as they were trained, in several files with an index."""
    pieces = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    weights = {name: name.encode() * 10_000 for name in pieces}
    index = {"model.safetensors.index.json": json.dumps({"weight_map": {}}).encode()}
    files = {"config.json": b'{"model_type": "phi3", "dtype": "bfloat16"}', **weights, **index, **TOKENIZER}
    original = fetcher(hub, tmp_path, files, engine="transformers", files=list(files))
    found = find(original.pull().path)
    assert (SAFETENSORS, "bf16") == (found.engines, found.info.precision)


def test_a_form_that_is_not_the_one_that_was_promised(hub: LocalHub, tmp_path: Path) -> None:
    """A model that another engine would have to run is not installed as one for this engine."""
    files = {**GRAPH, **TOKENIZER}
    assert "is for onnxruntime" in fetcher(hub, tmp_path, files, engine="openvino", files=list(files)).refused()


def test_files_that_are_no_model(hub: LocalHub, tmp_path: Path) -> None:
    """What is fetched must be something that can be loaded."""
    files = {"config.json": b"{}", **TOKENIZER}
    assert "no model that can be used" in fetcher(hub, tmp_path, files, files=list(files)).refused()
