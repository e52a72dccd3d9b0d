"""What a model takes, what is free, and the sentence that refuses it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phi_providers.memory.free import free_memory, group_memory
from phi_providers.memory.guard import refusal, shortage
from phi_providers.memory.need import LIBRARIES, SCRATCH_PER_UNIT, Need, need
from phi_providers.memory.place import Free, has_intel_card
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.installed import BUILTIN
from phi_providers.models.shape import CONTEXT, HEADS, HIDDEN, LAYERS, WINDOW, config

WEIGHTS = 1000
VALUES = 2 * LAYERS * HIDDEN * WINDOW
"""Numbers that a full context of Phi-3-mini keeps."""


def order(folder: Path, engine: str = "openvino", device: str = "CPU") -> Load:
    return Load(engine=engine, device=device, model=ModelInfo(id="m", family="fim", path=str(folder), context=WINDOW))


@pytest.fixture
def phi3(tmp_path: Path) -> Path:
    """A folder with Phi-3-mini's shape in each form, and hardly any weights."""
    (tmp_path / "config.json").write_text(json.dumps(config(LAYERS)), "utf-8")
    decoder = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "hidden_size": HIDDEN, "head_size": 96}
    genai = {"model": {"context_length": CONTEXT, "decoder": {**decoder, "filename": "model.onnx"}}}
    (tmp_path / "genai_config.json").write_text(json.dumps(genai), "utf-8")
    for name in ("openvino_model.bin", "model.onnx", "model-00001-of-00001.safetensors"):
        (tmp_path / name).write_bytes(bytes(WEIGHTS))
    (tmp_path / "model.onnx.data").write_bytes(bytes(WEIGHTS))
    return tmp_path


@pytest.mark.parametrize(
    ("weights", "cache", "engine", "device"),
    [
        (WEIGHTS, 2 * VALUES * 108 // 96, "openvino", "CPU"),
        (WEIGHTS, 2 * VALUES * 108 // 96, "openvino", "GPU"),
        (WEIGHTS, 3 * VALUES * 2, "openvino", "NPU"),
        (2 * WEIGHTS, 2 * VALUES * 4, "onnxruntime", "CPU"),
        (2 * WEIGHTS, 2 * VALUES * 2, "onnxruntime", "CUDA"),
        (2 * WEIGHTS, 2 * VALUES * 4, "transformers", "cpu"),
        (WEIGHTS, 2 * VALUES * 2, "transformers", "cuda:0"),
        (WEIGHTS, 2 * VALUES * 2, "npu_library", "NPU"),
    ],
)
def test_what_each_engine_takes(phi3: Path, weights: int, cache: int, engine: str, device: str) -> None:
    """The files as they are held there, two contexts in the engine's own precision, and the runtime."""
    expected = Need(weights=weights, cache=cache, runtime=LIBRARIES + SCRATCH_PER_UNIT * HIDDEN)
    assert expected == need(order(phi3, engine, device))


def test_the_published_peaks_are_within_it() -> None:
    """Phi-3-mini's published peaks of 3.4, 5.1 and 8.8 GB are met within a fifth, and never exceeded by more."""
    runtime = LIBRARIES + SCRATCH_PER_UNIT * HIDDEN
    cache = 2 * VALUES * 108 // 96
    for peak, weights in ((3.4e9, 2.15e9), (5.1e9, 3.82e9), (8.8e9, 7.64e9)):
        assert 0.95 * peak < Need(weights=int(weights), cache=cache, runtime=runtime).total < 1.2 * peak


def test_who_is_not_asked(phi3: Path) -> None:
    """The built-in model, which answers when nothing else fits, and engines that load nothing here."""
    assert need(order(BUILTIN)) is None
    assert need(order(phi3, "openai_server", "elsewhere")) is None
    assert need(order(phi3, "echo", "none")) is None
    assert need(order(Path())) is None


@pytest.mark.parametrize(
    "wrong",
    [{"num_attention_heads": 0}, {"num_hidden_layers": "x"}, {"hidden_size": None}, {"num_key_value_heads": "many"}],
)
def test_a_config_that_makes_no_sense_is_left_to_its_engine(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """Nothing is refused for want of memory where nobody can tell what is needed."""
    (tmp_path / "config.json").write_text(json.dumps({**config(LAYERS), **wrong}), "utf-8")
    assert "" == shortage(order(tmp_path))
    (tmp_path / "openvino_model.bin").write_bytes(b"x")
    assert "" == shortage(order(tmp_path))


def test_the_sentence_names_need_rest_and_the_smaller_variant(tmp_path: Path) -> None:
    """What it needs by its parts, what is free, and the listed variant that would fit; without one, just the remedy."""
    listed = order(tmp_path)
    listed = replace(listed, model=replace(listed.model, id="phi-3-mini-4k-int8-ov"))
    needed = Need(weights=3_820_000_000, cache=906_000_000, runtime=852_000_000)
    said = refusal(listed, needed, Free(bytes=4_100_000_000))
    assert "phi-3-mini-4k-int8-ov needs 5.6 GB of memory (3.8 GB weights, 906 MB keys and values, 852 MB" in said
    assert "4.1 GB are free; close other programs or use the smaller phi-3-mini-4k-int4-ov" in said
    assert "`phi-ls models pull phi-3-mini-4k-int4-ov`" in said
    unknown = refusal(order(tmp_path), needed, Free(bytes=4_100_000_000, where=" on the GPU"))
    assert unknown.endswith("4.1 GB are free on the GPU; close other programs")


def test_a_smaller_variant_that_is_installed_is_used(tmp_path: Path) -> None:
    """It need not be fetched then."""
    installed = tmp_path / "phi-3-mini-4k-int4-ov"
    installed.mkdir()
    (installed / "manifest.json").write_text(json.dumps({"schema": 1, "files": {}}), "utf-8")
    listed = order(tmp_path / "phi-3-mini-4k-int8-ov")
    listed = replace(listed, model=replace(listed.model, id="phi-3-mini-4k-int8-ov"))
    needed = Need(weights=3_820_000_000, cache=906_000_000, runtime=852_000_000)
    assert "`phi-ls models use phi-3-mini-4k-int4-ov`" in refusal(listed, needed, Free(bytes=4_100_000_000))


def test_a_container_has_what_its_limits_leave(tmp_path: Path) -> None:
    """Each group's limit less its use, files that can be dropped not counted; groups without a limit say nothing."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    own = tmp_path / "own"
    own.write_text("1:memory:/x\n0::/outer/inner\n", "utf-8")
    (inner / "memory.max").write_text("max\n", "ascii")
    (inner / "memory.current").write_text("7\n", "ascii")
    (inner.parent / "memory.max").write_text("1000\n", "ascii")
    (inner.parent / "memory.current").write_text("900\n", "ascii")
    (inner.parent / "memory.stat").write_text("anon 600\ninactive_file 300\n", "ascii")
    assert [400] == list(group_memory(tmp_path, own))
    assert 400 == free_memory(tmp_path, own)
    assert 400 < free_memory(tmp_path, tmp_path / "nothing")


def test_a_card_is_told_from_what_is_built_in(tmp_path: Path) -> None:
    """An Intel GPU behind a bridge has memory of its own; the one on the processor's bus shares the machine's."""
    assert not has_intel_card(tmp_path / "no-bus")
    for address, vendor in (("0000:00:02.0", "0x8086"), ("0000:01:00.0", "0x10de")):
        (tmp_path / address).mkdir()
        (tmp_path / address / "vendor").write_text(f"{vendor}\n", "ascii")
        (tmp_path / address / "class").write_text("0x030000\n", "ascii")
    assert not has_intel_card(tmp_path)
    (tmp_path / "0000:01:00.0" / "vendor").write_text("0x8086\n", "ascii")
    assert has_intel_card(tmp_path)
