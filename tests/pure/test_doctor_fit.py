"""Which engines and devices a model is said to suit, whatever else works on the machine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from phi_ls.terminal.doctor_fit import Fit, look_at_model
from phi_providers.devices import Device, EngineReport
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.forms import READS
from phi_providers.models.installed import builtin

NPU = [EngineReport("openvino", "1", (Device("CPU", "openvino", True), Device("NPU", "openvino", True)))]
NO_NPU = [EngineReport("openvino", "1", (Device("CPU", "openvino", True), Device("NPU", "openvino", False)))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the user's own in OpenVINO's form, in INT8."""
    path = tmp_path_factory.mktemp("models") / "mine"
    shutil.copytree(builtin().path, path)
    graph = path / "openvino_model.xml"
    text = re.sub(r"<weight_compression>.*?</weight_compression>", "", graph.read_text("utf-8"), flags=re.DOTALL)
    how = '<weight_compression><mode value="int8_asym" /></weight_compression>'
    graph.write_text(text.replace("</rt_info>", f"{how}</rt_info>"), "utf-8")
    (path / "manifest.json").unlink(missing_ok=True)
    return path


def load(path: str) -> Load:
    return Load(engine="openvino", device="NPU", model=ModelInfo(id="mine", family="fim", path=path, context=1))


def test_a_model_suits_the_engines_that_read_its_form(folder: Path) -> None:
    """Of the others the file is named that they look for."""
    fit = look_at_model([load(str(folder))], NO_NPU)
    assert set(READS) - {"openvino"} == set(fit.engines)
    assert "it has no genai_config.json" == fit.engines["onnxruntime"]
    assert {} == fit.devices


def test_an_npu_that_is_there_but_not_for_this_model(folder: Path) -> None:
    """The format of the weights is the reason, and how to export it the remedy; the CPU has no such demands."""
    (((engine, device), misfit),) = look_at_model([load(str(folder))], NPU).devices.items()
    assert ("openvino", "NPU") == (engine, device)
    assert "int8_asym, an NPU needs symmetric INT4; export it with" in misfit


def test_the_built_in_model_suits_every_engine() -> None:
    """It comes in one form, of which the others are made; nobody is told to convert it."""
    fit = look_at_model([load(builtin().path)], NPU)
    assert (builtin().id, {}) == (fit.model, fit.engines)
    assert not any("optimum-cli" in misfit for misfit in fit.devices.values())


def test_a_model_elsewhere_or_none() -> None:
    """What is not in a folder here is no matter of form."""
    assert Fit() == look_at_model([load("")], NPU) == look_at_model([load("/nowhere")], NPU) == look_at_model([], NPU)
