"""The ONNX engine's decisions: which device, how many tokens at a time, what of a configuration is kept."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import struct
from pathlib import Path

import pytest

from phi_providers.engines.onnx_config import cleaned, harmless
from phi_providers.engines.onnx_errors import failure
from phi_providers.engines.onnx_sizes import Pace, lanes
from phi_providers.engines.onnx_targets import Target, choose, installed
from phi_providers.errors import GenerationFailed, LoadFailed, WorkerDied
from phi_providers.models.kv_pool import Shape
from phi_providers.models.manifest import ModelError
from phi_providers.models.onnx_folder import from_folder, is_onnx_folder, read_model
from phi_providers.models.safetensors_file import Weights

PHI3 = Path(__file__).parent.parent / "data" / "phi-3"
DECODER = {"filename": "model.onnx", "num_attention_heads": 32, "num_hidden_layers": 32, "head_size": 96}
PHI3_MINI = Shape(layers=32, kv_heads=32, head_size=96, weight_bytes=2 << 30, context=2047)


def make_folder(folder: Path, **model: object) -> Path:
    """A folder in the shape of Microsoft's own exports, its graph a few bytes."""
    folder.mkdir()
    shutil.copy(PHI3 / "tokenizer.json", folder)
    (folder / "model.onnx").write_bytes(b"graph")
    config = {"model": {"type": "phi3", "context_length": 4096, "vocab_size": 32064, "decoder": DECODER, **model}}
    (folder / "genai_config.json").write_text(json.dumps(config), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("distribution", "wanted", "expected"),
    [
        ("onnxruntime-genai", "auto", ["CPU"]),
        ("onnxruntime-genai-cuda", "auto", ["CUDA", "CPU"]),
        ("onnxruntime-genai-directml", "", ["DML", "CPU"]),
        ("onnxruntime-genai-cuda", "cuda:1", ["CUDA:1"]),
        ("onnxruntime-genai-cuda", "GPU", ["CUDA"]),
        ("onnxruntime-genai-directml", "GPU.1", ["DML:1"]),
        ("onnxruntime-genai-directml", "DirectML", ["DML"]),
        ("onnxruntime-genai-directml", "cpu", ["CPU"]),
    ],
)
def test_a_device_is_found_in_what_is_compiled_in(distribution: str, wanted: str, expected: list[str]) -> None:
    """A device by name is that device or nothing; `auto` ends with the CPU."""
    assert expected == [target.name for target in choose(wanted, distribution)]


def test_a_plug_in_is_tried_before_the_cpu() -> None:
    """What is installed beside the library counts as well."""
    found = choose("auto", "onnxruntime-genai-winml", ("OPENVINO", "WEBGPU"))
    assert ["OPENVINO", "WEBGPU", "CPU"] == [target.name for target in found]
    assert "OpenVINO" == choose("openvino", "onnxruntime-genai", ("OPENVINO",))[0].provider


@pytest.mark.parametrize("wanted", ["CUDA", "NPU", "CPU:1", "GPU", "cuda:x", "dml; rm"])
def test_what_is_not_there_is_refused_with_a_remedy(wanted: str) -> None:
    """One sentence with a reason and what to do."""
    with pytest.raises(LoadFailed, match=r"cannot be used: .*; (use|install)"):
        choose(wanted, "onnxruntime-genai")


def test_devices_are_named_as_their_providers_want_it() -> None:
    """DirectML counts devices by index, the others by id, and the first needs no number; only DirectML can't rewind."""
    assert {"device_index": "2"} == Target("DML", 2).options
    assert ({"device_id": "1"}, {}) == (Target("CUDA", 1).options, Target("CUDA").options)
    assert [False, True, True] == [Target(kind).can_rewind for kind in ("DML", "CUDA", "CPU")]


def test_the_distribution_tells_what_is_installed() -> None:
    """Whichever of the four is there; none is an error with a remedy."""

    def version(name: str) -> str:
        if name == "onnxruntime-genai-directml":
            return "0.13.1"
        raise importlib.metadata.PackageNotFoundError(name)

    def nothing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    assert ("onnxruntime-genai-directml", "0.13.1") == installed(version)
    with pytest.raises(LoadFailed, match="install the package onnxruntime-genai"):
        installed(nothing)


def test_large_models_keep_two_prompts_and_small_ones_more() -> None:
    """Phi-3-mini's keys and values take 1.5 GB at full length in FP32; a small model's next to nothing."""
    assert 2 == lanes(PHI3_MINI)
    assert 8 == lanes(Shape(layers=8, kv_heads=4, head_size=64, weight_bytes=1, context=2048))


def test_steps_shrink_on_a_busy_machine_and_recover() -> None:
    """A step is to take a quarter of a second: at a tenth of the speed it becomes a tenth as long, never below 32."""
    pace = Pace(2000.0, PHI3_MINI)
    assert 480 == pace.tokens
    pace.took(480, 2.4)
    assert 32 == pace.tokens
    pace.took(32, 0.016)
    assert 64 == pace.tokens
    for _ in range(9):
        pace.took(pace.tokens, pace.tokens / 2000)
    pace.took(7, 5.0)
    assert 480 == pace.tokens


def test_a_fixed_step_stays() -> None:
    """What is asked for by option is not second-guessed."""
    pace = Pace(2000.0, PHI3_MINI, 96)
    pace.took(96, 9.0)
    assert 96 == pace.tokens


def test_only_what_is_known_of_a_configuration_is_kept() -> None:
    """Libraries, sliding window, providers and preferences in sampling go; sizes and names stay."""
    model = {
        "type": "phi3",
        "context_length": 4096,
        "eos_token_id": [32000, 32007],
        "decoder": {
            **DECODER,
            "sliding_window": {"window_size": 2047},
            "session_options": {"custom_ops_library": "x.so", "provider_options": [{"cuda": {}}]},
            "inputs": {"input_ids": "input_ids"},
            "pipeline": [{"x": {}}],
        },
    }
    expected = {
        "type": "phi3",
        "context_length": 4096,
        "eos_token_id": [32000, 32007],
        "decoder": {
            **DECODER,
            "session_options": {"provider_options": []},
            "inputs": {"input_ids": "input_ids"},
        },
    }
    assert expected == cleaned(model)["model"]


def test_the_runtime_is_shown_a_folder_of_links_that_goes_again(tmp_path: Path) -> None:
    """The graph is the same file, the configuration is a cleaned one, and the user's folder stays as it was."""
    folder = make_folder(tmp_path / "m")
    before = sorted((file.name, file.read_bytes()) for file in folder.iterdir())
    with harmless(folder, read_model(folder)) as shown:
        assert shown != folder
        assert (folder / "model.onnx").samefile(shown / "model.onnx")
        assert ["genai_config.json", "model.onnx"] == sorted(file.name for file in shown.iterdir())
        (folder / "genai_config.json").write_text((shown / "genai_config.json").read_text("utf-8"), "utf-8")
    assert not shown.exists()
    with harmless(folder, read_model(folder)) as clean:
        assert folder == clean
    assert [name for name, _ in before] == sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize("name", ["../model.onnx", "/etc/passwd", "a/b.onnx", "nul", ""])
def test_a_graph_must_be_a_file_of_the_folder(name: str) -> None:
    """No path, no device name."""
    with pytest.raises(ModelError, match="is no name for a model's file"):
        cleaned({"context_length": 1, "decoder": {"filename": name}})


def test_weights_are_read_from_shards_in_each_of_their_types(tmp_path: Path) -> None:
    """FP32, FP16 and BF16 hold 1.5 as they each do; the index tells which file has what."""
    bits = {"F32": b"\0\0\xc0\x3f", "F16": b"\x00\x3e", "BF16": b"\xc0\x3f"}
    for kind, data in bits.items():
        header = json.dumps({kind: {"dtype": kind, "shape": [1, 2], "data_offsets": [0, 2 * len(data)]}}).encode()
        (tmp_path / f"{kind}.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + 2 * data)
    index = {"weight_map": {kind: f"{kind}.safetensors" for kind in bits}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    weights = Weights(tmp_path)
    assert [[[1.5, 1.5]]] * 3 == [weights.read(kind).tolist() for kind in bits]
    with pytest.raises(ModelError, match="no tensor lm_head"):
        weights.read("lm_head")
    (tmp_path / "F16.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(ModelError, match=r"F16\.safetensors in .* cannot be read"):
        Weights(tmp_path)


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("CUDA failure 700: an illegal memory access was encountered", WorkerDied, "lost its device"),
        ("Error 887A0005: GPU device instance has been suspended", WorkerDied, "graphics driver"),
        ("Failed to allocate memory for requested buffer of size 99", GenerationFailed, "ran out of memory"),
        ("Non-zero status code. Name:'x' Status Message: bad shape\nat x.cc", GenerationFailed, "on DML: bad shape$"),
    ],
)
def test_errors_tell_whether_the_worker_can_go_on(said: str, kind: type[Exception], words: str) -> None:
    """A lost device ends the worker, anything else costs one request; one line each."""
    found = failure(RuntimeError(said), "m", "DML")
    assert kind is type(found)
    with pytest.raises(kind, match=words):
        raise found


def test_microsofts_own_exports_are_recognised(tmp_path: Path) -> None:
    """Phi-3-mini-4k gets its control tokens by name, and 2,047 tokens, whatever its configuration claims."""
    folder = make_folder(tmp_path / "phi-3-mini")
    model = from_folder(folder)
    assert is_onnx_folder(folder)
    assert ("phi-3-mini", "phi3_chat", 2047, 32007) == (model.id, model.family, model.context, model.controls["end"])
    assert 4096 == from_folder(make_folder(tmp_path / "long", context_length=131072)).context


def test_a_folder_that_is_no_model_says_why(tmp_path: Path) -> None:
    """Another architecture, a missing graph, and no configuration at all."""
    with pytest.raises(ModelError, match="is a llama, not a phi3"):
        from_folder(make_folder(tmp_path / "llama", type="llama"))
    (make_folder(tmp_path / "empty") / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"model\.onnx missing"):
        from_folder(tmp_path / "empty")
    assert not is_onnx_folder(tmp_path)
    with pytest.raises(ModelError, match=r"genai_config\.json"):
        from_folder(tmp_path)
