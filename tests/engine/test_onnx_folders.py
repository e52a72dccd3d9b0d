"""What an ONNX folder may ask of the runtime, what it gets, and where models run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine.built_in import infill
from engine.onnx_model import ORIGINAL, OnnxModel, exported

from phi_providers.errors import LoadFailed
from phi_providers.messages import ModelInfo
from phi_providers.models.manifest import ModelError, verify
from phi_providers.models.onnx_export import export
from phi_providers.models.onnx_folder import CONFIG, from_folder
from phi_providers.models.onnx_weights import BLOCK, quantise

PROGRAM = """
import sys
from pathlib import Path
from phi_providers.engines.onnxruntime import make_provider
from phi_providers.messages import Load, Part, Request
from phi_providers.models.onnx_folder import from_folder

provider = make_provider(Load(engine="onnxruntime", device="CPU", model=from_folder(Path(sys.argv[1]))))
provider.load(lambda stage: None)
usage = provider.generate(Request(id=1, parts=(Part(text="import os"),), max_new_tokens=4), lambda frame: True)
assert usage.prompt_tokens > 0
"""


def foreign(place: Path, **decoder: Any) -> ModelInfo:
    """The converted model as somebody else's export: no profile, no manifest, and these settings."""
    info = exported()
    shutil.copytree(info.path, place)
    for name in ("manifest.json", "profile.json"):
        (place / name).unlink()
    config = json.loads((place / CONFIG).read_text("utf-8"))
    config["model"]["decoder"].update(decoder)
    (place / CONFIG).write_text(json.dumps(config), "utf-8")
    return replace(info, path=str(place))


def test_what_is_exported_is_whole_and_is_recognised() -> None:
    """The folder passes its own manifest and tells what the built-in model's profile tells."""
    info = exported()
    verify(Path(info.path), full=True)
    assert (info, "int8") == (from_folder(Path(info.path)), info.precision)


def test_a_sliding_window_in_the_configuration_is_not_followed(tmp_path: Path) -> None:
    """The builder copies it from Phi-3's; with it a longer prompt fails, and nothing can be rewound."""
    window = {"window_size": 64, "slide_key_value_cache": False, "slide_inputs": False}
    model = OnnxModel(info=foreign(tmp_path / "m", sliding_window=window), chunk_tokens=32)
    request = infill(640, 8, before=70)
    expected = OnnxModel().ask(request)
    first, again = model.ask(request), model.ask(request)
    assert expected.ids == first.ids == again.ids
    assert again.usage.prompt_tokens - 1 == again.usage.tokens_reused


def test_a_configuration_cannot_have_a_library_loaded(tmp_path: Path) -> None:
    """A custom operator library in the folder's configuration is left out; the runtime would load it."""
    library = tmp_path / "m" / "evil.so"
    settings = {"custom_ops_library": library.name, "provider_options": [{"cuda": {"device_id": "0"}}]}
    info = foreign(tmp_path / "m", session_options=settings)
    library.write_bytes(b"no library at all")
    assert OnnxModel(info=info).ask(infill(640, 8, before=9, new=2)).ids


def test_a_model_without_a_strict_graph_says_so(tmp_path: Path) -> None:
    """FP32 arithmetic is not claimed where there is none."""
    info = foreign(tmp_path / "m")
    (tmp_path / "m" / "model.strict.onnx").unlink()
    with pytest.raises(LoadFailed, match="has no graph that computes in FP32"):
        OnnxModel(info=info, strict=True)


def test_a_graph_elsewhere_is_refused(tmp_path: Path) -> None:
    """The graph is a file of the model's own folder."""
    with pytest.raises(LoadFailed, match=r"'\.\./m/model\.onnx' is no name"):
        OnnxModel(info=foreign(tmp_path / "m", filename="../m/model.onnx"))


def test_a_profile_that_promises_more_than_the_graph_holds_is_refused() -> None:
    """Beyond its table of positions a graph reads what happens to be there."""
    with pytest.raises(LoadFailed, match="promises 9999 tokens"):
        OnnxModel(info=replace(exported(), context=9999))


def test_a_model_that_computes_no_numbers_is_refused(tmp_path: Path) -> None:
    """Weights that are all ones in bits are no numbers; nothing that is written with them is an answer."""
    info = foreign(tmp_path / "m")
    weights = tmp_path / "m" / "model.onnx.data"
    weights.write_bytes(b"\xff" * weights.stat().st_size)
    with pytest.raises(LoadFailed, match="computed no numbers"):
        OnnxModel(info=info)


def test_a_damaged_graph_is_named(tmp_path: Path) -> None:
    """One sentence, with what the manifest says of it."""
    shutil.copytree(exported().path, tmp_path / "m")
    graph = tmp_path / "m" / "model.onnx"
    graph.write_bytes(bytes(len(graph.read_bytes())))
    with pytest.raises(LoadFailed, match=r"model\.onnx is damaged; install the model again") as caught:
        OnnxModel(info=replace(exported(), path=str(tmp_path / "m")))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("device", ["CUDA", "cuda:1", "dml", "NPU", "CPU:3", "OpenVINO", "GPU"])
def test_a_device_that_is_not_there_is_refused_with_a_reason(device: str) -> None:
    """One sentence: which device, why not, what to do."""
    with pytest.raises(LoadFailed, match=rf"{device} cannot be used: .*; ") as caught:
        OnnxModel(device)
    assert "\n" not in str(caught.value)


def test_the_automatic_choice_is_the_cpu_where_nothing_else_is_compiled_in() -> None:
    """`auto` is reported as asked for, the CPU as used."""
    profile = OnnxModel("auto").profile
    assert ("auto", "CPU", "") == (profile.requested_device, profile.device, profile.device_reason)


def test_nothing_on_stdout_and_nothing_left_at_home_without_ci(tmp_path: Path) -> None:
    """Outside CI, where runtimes hide it, loading and generating prints nothing and leaves no file of its own."""
    environment = {key: value for key, value in os.environ.items() if key not in ("CI", "ORT_DISABLE_TELEMETRY")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, exported().path],
        cwd=ORIGINAL.parent,
        env={**environment, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert (0, "") == (done.returncode, done.stdout), done.stderr
    assert [] == list(tmp_path.rglob("*"))


@pytest.mark.parametrize(("bits", "steps"), [(8, 127), (4, 7)])
def test_quantising_keeps_every_weight_within_a_step(bits: int, steps: int) -> None:
    """Codes times scales give the weights back: exactly the largest of a block, the others to half a step."""
    weights = np.random.default_rng(3).normal(size=(5, 3 * BLOCK - 4)).astype(np.float32)
    weights[2] = 0
    codes, scales = quantise(weights, bits)
    if bits == 4:
        codes = np.stack([codes & 15, codes >> 4], axis=-1).reshape(5, 3, BLOCK)
    found = ((codes.astype(np.float32) - (1 << (bits - 1))) * scales[:, :, None]).reshape(5, -1)[:, : weights.shape[1]]
    # The largest weight has code 0, so its opposite lacks the last half step.
    assert np.abs(found - weights).max() <= np.abs(weights).max() / steps
    assert not found[2].any()
    assert (5, 3, BLOCK * bits // 8) == quantise(weights, bits)[0].shape


def test_another_architecture_is_not_converted(tmp_path: Path) -> None:
    """Long-context rotary positions and other models are left to the runtime's own builder."""
    config = json.loads((ORIGINAL / "config.json").read_text("utf-8"))
    (tmp_path / "config.json").write_text(json.dumps({**config, "rope_scaling": {"type": "longrope"}}), "utf-8")
    with pytest.raises(ModelError, match=r"onnxruntime_genai\.models\.builder"):
        export(tmp_path, tmp_path / "out", "int8")
    assert not (tmp_path / "out").exists()
