"""Which engines and devices `phi-ls bench` measures, and why it leaves others out."""

from __future__ import annotations

import json
from pathlib import Path

from phi_ls.benchmark.candidates import candidates, inquiries
from phi_ls.settings import Settings
from phi_providers.devices import Device, EngineReport
from phi_providers.models.forms import FoundModel, builtin, find

REPORTS = [
    EngineReport(
        "openvino",
        "1",
        (
            Device("CPU", "openvino", usable=True),
            Device("GPU.0", "openvino", usable=True),
            Device("NPU", "openvino", usable=False, reason="no driver", remedy="install it"),
        ),
    )
]


def other(folder: Path, mode: str) -> FoundModel:
    """Return a second model for OpenVINO whose weights are compressed in this way."""
    compression = f'<weight_compression><mode value="{mode}"/><group_size value="128"/></weight_compression>'
    (folder / "openvino_model.xml").write_text(compression, "utf-8")
    (folder / "profile.json").write_text('{"id": "other", "family": "fim", "context": 2048}', "utf-8")
    for name in ("openvino_model.bin", "config.json", "tokenizer.json"):
        (folder / name).touch()
    return find(folder)


def test_every_usable_device_of_an_engine() -> None:
    """One worker for each, started as the language server would; an unusable device is told of with its remedy."""
    found, left = candidates([builtin()], ["openvino"], [], REPORTS, Settings())
    assert [("openvino", "CPU"), ("openvino", "GPU.0")] == [(each.load.engine, each.load.device) for each in found]
    assert [("openvino on NPU", "no driver; install it")] == [(each.what, each.reason) for each in left]
    assert all(each.load.options["cache_dir"] for each in found)


def test_no_answer_ends_before_its_tokens_are_counted() -> None:
    """A worker that is measured knows no token at which to stop."""
    assert builtin().info.stop_ids
    found, _ = candidates([builtin()], ["openvino"], ["CPU"], [], Settings())
    assert [()] == [each.load.model.stop_ids for each in found]


def test_a_named_device_is_tried_whatever_was_found() -> None:
    """The engine itself says why not, if it comes to that."""
    found, left = candidates([builtin()], ["openvino"], ["GPU.7"], REPORTS, Settings())
    assert (["GPU.7"], []) == ([each.load.device for each in found], left)


def test_a_model_that_no_npu_takes(tmp_path: Path) -> None:
    """Weights in another format than symmetric INT4 would be compiled for minutes, in vain."""
    model = other(tmp_path, "int8_asym")
    found, (left,) = candidates([model], ["openvino"], ["NPU"], [], Settings())
    assert ([], "openvino on NPU, model other") == (found, left.what)
    assert "symmetric INT4" in left.reason
    found, left_out = candidates([other(tmp_path, "int4_sym")], ["openvino"], ["NPU"], [], Settings())
    assert (["NPU"], []) == ([each.load.device for each in found], left_out)


def test_the_precision_of_an_export_is_that_of_its_weights(tmp_path: Path) -> None:
    """What `optimum-cli export openvino` writes tells it nowhere but at the end of the model."""
    other(tmp_path, "int4_sym")
    (tmp_path / "profile.json").unlink()
    (tmp_path / "openvino_config.json").write_text('{"dtype": "", "quantization_config": {"bits": null}}', "utf-8")
    (tmp_path / "config.json").write_text('{"model_type": "phi3"}', "utf-8")
    roles = ("<s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
    tokens = [{"content": role, "id": index} for index, role in enumerate(roles)]
    (tmp_path / "tokenizer.json").write_text(json.dumps({"added_tokens": tokens}), "utf-8")
    (found,), _ = candidates([find(tmp_path)], ["openvino"], ["CPU"], [], Settings())
    assert ("int4", 512) == (found.row(512).precision, found.row(512).wanted_tokens)


def test_a_model_in_another_form(tmp_path: Path) -> None:
    """An engine that no model suits is left out, with what its folder must hold."""
    found, (left,) = candidates([other(tmp_path, "int4_sym")], ["onnxruntime"], ["CPU"], [], Settings())
    assert ([], "onnxruntime") == (found, left.what)
    assert "genai_config.json" in left.reason


def test_forms_of_one_model_stand_together(tmp_path: Path) -> None:
    """Models come in the order in which they were named, engines within them."""
    found, _ = candidates([other(tmp_path, "int4_sym"), builtin()], ["openvino", "echo"], ["CPU"], [], Settings())
    assert ["other", builtin().info.id, "echo"] == [each.load.model.id for each in found]


def test_only_engines_of_this_machine_are_asked() -> None:
    """Scripted and remote engines have no devices."""
    assert ["openvino"] == [each.engine for each in inquiries(["openvino", "echo", "openai_server"])]


def test_the_users_server() -> None:
    """Measured where the settings have its address, and only when it is named."""
    settings = Settings(openai_server_url="http://localhost:1/v3", model="phi-3-mini")
    (found,), left = candidates([builtin()], ["openai_server"], [], [], settings)
    assert ("openai_server", "elsewhere", []) == (found.load.engine, found.load.device, left)
    (left_out,) = candidates([builtin()], ["openai_server"], [], [], Settings())[1]
    assert "openaiServer.url" in left_out.reason


def test_a_model_that_has_gone_is_not_replaced(tmp_path: Path) -> None:
    """The language server would answer with the built-in model; measured under another's name it would mislead."""
    model = other(tmp_path, "int4_sym")
    (tmp_path / "config.json").unlink()
    found, (left,) = candidates([model], ["openvino"], ["CPU"], [], Settings())
    assert ([], "openvino on CPU, model other") == (found, left.what)
    assert "config.json" in left.reason
