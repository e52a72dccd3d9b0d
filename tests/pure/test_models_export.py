"""What is converted by `phi-ls models export`, with which parameters, and what is refused before anything begins."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from phi_ls.terminal.models_export_source import result_id
from phi_providers.catalogue.entries import Catalogue
from phi_providers.catalogue.reading import load
from phi_providers.environments.recipes import recipe
from phi_providers.export.child import environment
from phi_providers.export.finish import finish
from phi_providers.export.needs import Room, free, lacking, needed
from phi_providers.export.order import RECORD, Order, made_of
from phi_providers.export.original import Original, read_original
from phi_providers.export.presets import PRESETS, Preset, preset
from phi_providers.hub.place import SOURCE, Source, write_source
from phi_providers.models.forms import find
from phi_providers.models.installed import BUILTIN, write_object
from phi_providers.models.manifest import MANIFEST, ModelError, verify
from phi_providers.sizes import GIGABYTE

PINS = Path(__file__).parents[2] / "providers" / "starter-training" / "requirements-export.txt"
INT8 = "openvino-int8"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model as it is published, but for the numbers in its weights."""
    place = tmp_path / "phi"
    place.mkdir()
    write_object(place / "config.json", {"model_type": "phi3", "max_position_embeddings": 4096, "dtype": "float16"})
    shutil.copy(BUILTIN / "tokenizer.json", place)
    (place / "model.safetensors").write_bytes(bytes(1000))
    return place


@pytest.fixture
def original(folder: Path) -> Original:
    return read_original(folder)


@pytest.fixture
def order(tmp_path: Path, original: Original) -> Order:
    return Order(id="phi-converted", original=original, preset=preset(INT8), root=tmp_path / "models")


def written(folder: Path) -> Path:
    """Let the built-in model's files stand for what a tool has written for the preset INT8."""
    folder.mkdir()
    for name in ("config.json", "openvino_config.json", "openvino_model.bin", "openvino_model.xml", "tokenizer.json"):
        shutil.copy(BUILTIN / name, folder)
    (folder / "special_tokens_map.json").write_text("{}", "utf-8")
    return folder


def test_every_conversion_of_the_chapter_is_there() -> None:
    """Each by one name; the parameters are those that are published for Phi-3."""
    names = [each.name for each in PRESETS]
    assert len(set(names)) == len(names)
    arguments = {each.name: " ".join(each.arguments(Path("in"), Path("out"), Path("tmp"))) for each in PRESETS}
    int4 = "--weight-format int4 --sym --group-size 128 --ratio"
    assert arguments["openvino-int4"].endswith(f"{int4} 0.6")
    assert arguments["openvino-int4-npu"].endswith(f"{int4} 1.0")
    assert arguments["openvino-int8"].endswith("--weight-format int8")
    assert arguments["openvino-fp16"].endswith("--weight-format fp16")
    for provider in ("cpu", "cuda", "dml"):
        expected = f"--input in --output out --cache_dir tmp --precision int4 --execution_provider {provider}"
        assert expected == arguments[f"onnx-int4-{provider}"]


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.name)
def test_no_conversion_runs_code_out_of_a_model(each: Preset) -> None:
    """No tool is told to trust what it reads."""
    said = " ".join(each.arguments(Path("in"), Path("out"), Path("tmp")))
    assert "trust" not in said
    assert "hf_remote" not in said
    assert recipe(each.tool.recipe).requirements


def test_the_environment_is_the_one_that_the_built_in_model_was_made_in() -> None:
    """The same packages to the letter, so without the one that reports each export to its makers."""
    pinned = [line for line in PINS.read_text("utf-8").splitlines() if re.fullmatch(r"[\w.-]+==\S+", line)]
    made = recipe("openvino-export")
    assert sorted(pinned) == sorted(made.requirements)
    assert not any("telemetry" in item for item in pinned)
    assert ["torch==2.13.0"] == list(made.batches[0])
    assert "--no-deps" == made.batches[1][0]


def test_what_a_tool_does_not_see(tmp_path: Path) -> None:
    """The user's tokens and the folders of other packages; it has no connection to open."""
    variables = environment(tmp_path)
    assert ("1", "1") == (variables["HF_HUB_OFFLINE"], variables["TRANSFORMERS_OFFLINE"])
    assert {str(tmp_path)} == {variables[name] for name in ("TMPDIR", "TEMP", "TMP", "HF_HOME")}
    assert [] == [name for name in variables if name.startswith("PYTHON") or name == "HF_TOKEN"]


@pytest.mark.parametrize(
    "name", ["modeling_phi3.py", "pytorch_model.bin", "training_args.bin", "model.pt", "model.pkl", "MODEL.PTH"]
)
def test_code_and_pickles_are_refused(folder: Path, name: str) -> None:
    """By name, and with what to do; a folder without them passes."""
    (folder / name).write_bytes(b"")
    with pytest.raises(ModelError, match=rf"{re.escape(name)}: code, or weights that can hold code; copy its"):
        read_original(folder)


def test_what_is_no_original(folder: Path) -> None:
    """Quantised weights, shards that are missing or are no safetensors, and no weights at all."""
    write_object(folder / "model.safetensors.index.json", {"weight_map": {"a": "one.safetensors", "b": "two.bin"}})
    with pytest.raises(ModelError, match=r"names two\.bin, which is no file of safetensors"):
        read_original(folder)
    write_object(folder / "model.safetensors.index.json", {"weight_map": {"a": "../one.safetensors"}})
    with pytest.raises(ModelError, match="is no name for a model's file"):
        read_original(folder)
    write_object(folder / "model.safetensors.index.json", {"weight_map": {"a": "one.safetensors"}})
    with pytest.raises(ModelError, match=r"one\.safetensors missing from"):
        read_original(folder)
    (folder / "model.safetensors.index.json").unlink()
    config = json.loads((folder / "config.json").read_text("utf-8"))
    write_object(folder / "config.json", {**config, "quantization_config": {"bits": 4}})
    with pytest.raises(ModelError, match="quantised already"):
        read_original(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors missing from"):
        read_original(folder)
    with pytest.raises(ModelError, match="there is no folder"):
        read_original(folder / "none")


def test_another_content_is_another_conversion(order: Order, folder: Path) -> None:
    """What an earlier attempt has converted is used for the same files and the same preset alone."""
    again = replace(order, original=read_original(folder))
    assert (order.key, 40) == (again.key, len(order.key))
    assert order.key != replace(order, preset=preset("openvino-fp16")).key
    weights = folder / "model.safetensors"
    facts = weights.stat()
    weights.write_bytes(bytes(999) + b"1")
    os.utime(weights, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert order.key != replace(order, original=read_original(folder)).key
    weights.write_bytes(bytes(1000))
    os.utime(weights, ns=(facts.st_atime_ns, facts.st_mtime_ns + 10**9))
    assert order.key != replace(order, original=read_original(folder)).key


def test_full_precision_counts_as_half_of_its_bytes(folder: Path) -> None:
    """Tools hold weights at 16 bits, however they were published."""
    assert 1000 == read_original(folder).bytes_at_16_bits
    config = json.loads((folder / "config.json").read_text("utf-8"))
    write_object(folder / "config.json", {**config, "dtype": "float32"})
    assert 500 == read_original(folder).bytes_at_16_bits


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.name)
def test_phi_3_mini_fits_where_it_is_known_to_fit(each: Preset) -> None:
    """7.6 GB of weights need more memory than themselves, and 32 GB are enough for all presets."""
    room = needed(each, 7_600_000_000)
    assert 8 * GIGABYTE < room.memory < 32 * GIGABYTE
    assert 2 * GIGABYTE < room.disk < 16 * GIGABYTE
    assert needed(each, 7_600_000_000, environment=GIGABYTE).disk == room.disk + GIGABYTE
    assert Room(disk=0, memory=0) == needed(each, 7_600_000_000, converted=True)


@pytest.mark.parametrize(
    ("have", "told"),
    [
        (Room(disk=5 * GIGABYTE, memory=9 * GIGABYTE), ""),
        (Room(disk=3 * GIGABYTE, memory=9 * GIGABYTE), "4.0 GB on the disk of models, of which 3.0 GB are free; make"),
        (Room(disk=5 * GIGABYTE, memory=7 * GIGABYTE), "8.0 GB of memory, of which 7.0 GB are free; close programs"),
        (Room(disk=GIGABYTE, memory=GIGABYTE), "8.0 GB of memory, of which 1.0 GB are free and 4.0 GB on the disk"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(have: Room, told: str) -> None:
    """With a remedy; nothing is said where all is there."""
    said = lacking(Room(disk=4 * GIGABYTE, memory=8 * GIGABYTE), have, Path("models"))
    assert told in said
    assert bool(told) == bool(said)


def test_what_is_free_is_found_for_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    """The first export is asked about before there is any folder of models."""
    assert min(free(tmp_path / "not" / "there").disk, free(tmp_path).memory) > 0


def test_a_finished_conversion_is_a_model(order: Order, tmp_path: Path) -> None:
    """Its profile is the original's under the new name, its tokenizer the original's, and nothing else is in it."""
    source = Source(id="o", repository="a/b", folder="", revision="c" * 40, endpoint="e", license="MIT")
    write_source(order.original.folder, source)
    order = replace(order, original=read_original(order.original.folder))
    place = written(tmp_path / "converted")
    (place / "tokenizer.json").write_text("{}", "utf-8")
    for _ in range(2):  # whoever is interrupted does it again
        finish(place, order)
    found = find(place)
    assert (("openvino",), "phi-converted", "int8") == (found.engines, found.info.id, found.info.precision)
    first = order.original.info
    assert (first.context, first.stop_ids, first.family) == (found.info.context, found.info.stop_ids, found.info.family)
    assert (BUILTIN / "tokenizer.json").read_bytes() == (place / "tokenizer.json").read_bytes()
    verify(place, full=True)
    assert order.key == made_of(place)
    ours = {".dates.json", "manifest.json", "profile.json", RECORD, SOURCE, "tokenizer.json", "config.json"}
    assert ours | {f"openvino_{name}" for name in ("config.json", "model.bin", "model.xml")} == {
        path.name for path in place.iterdir()
    }


def test_what_is_no_such_model_is_not_finished(order: Order, tmp_path: Path) -> None:
    """Files that are missing, and weights that are not compressed as the preset says, are found."""
    place = written(tmp_path / "converted")
    with pytest.raises(ModelError, match="came out as int8_asym, not as int4_sym"):
        finish(place, replace(order, preset=preset("openvino-int4")))
    assert not (place / MANIFEST).exists()
    (place / "openvino_model.bin").unlink()
    with pytest.raises(ModelError, match=r"has written no openvino_model\.bin"):
        finish(place, order)
    with pytest.raises(ModelError, match=r"has written no genai_config\.json, \*\.onnx, \*\.onnx\.data"):
        finish(place, replace(order, preset=preset("onnx-int4-cpu")))


@pytest.fixture
def listed() -> Catalogue:
    return load()


@pytest.mark.parametrize(
    ("source", "wanted", "expected"),
    [
        ("phi-3-mini-4k-original", "", "phi-3-mini-4k-openvino-int8"),
        ("My Phi (3)", "", "my-phi-3-openvino-int8"),
        ("x" * 100, "", f"{'x' * 50}-openvino-int8"),
        ("...", "", "model-openvino-int8"),
        ("phi", "mine", "mine"),
    ],
)
def test_what_a_result_is_called(listed: Catalogue, source: str, wanted: str, expected: str) -> None:
    """By its source and its preset, or as the user says."""
    assert expected == result_id(wanted, source, preset(INT8), listed)
    assert len(expected) <= 64


@pytest.mark.parametrize("wanted", ["starter", "auto", "phi-3-mini-4k", "phi-3-mini-4k-int4-ov", "../x", "Big"])
def test_names_that_a_result_cannot_have(listed: Catalogue, wanted: str) -> None:
    """Those that mean another model, and those that are no plain names."""
    with pytest.raises(ModelError, match=r"is no id|is another model's id"):
        result_id(wanted, "phi", preset(INT8), listed)


def test_a_preset_that_does_not_exist() -> None:
    """Those that do are named."""
    with pytest.raises(ModelError, match="there is no preset 'int4'; there are openvino-int4, "):
        preset("int4")
