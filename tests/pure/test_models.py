"""A model's folder: what is read from it, and that nothing else than its own files is ever accepted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phi_providers.models.installed import BUILTIN, builtin, from_folder
from phi_providers.models.manifest import ModelError, checked_name, read_manifest, verify, write_manifest

PHI3 = Path(__file__).parent.parent / "data" / "phi-3"


def make_model(folder: Path, **config: object) -> Path:
    """A folder in the shape of an exported Phi-3, its weights a few bytes."""
    folder.mkdir()
    shutil.copy(PHI3 / "tokenizer.json", folder)
    settings_ = json.loads((PHI3 / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**settings_, **config}), "utf-8")
    (folder / "openvino_model.xml").write_text("<net/>", "utf-8")
    (folder / "openvino_model.bin").write_bytes(bytes(range(256)) * 64)
    return folder


def test_the_builtin_model_is_whole_and_says_what_it_is() -> None:
    """Every byte of the package's own model is what its manifest names, and its note says that it is not Phi-3."""
    model = builtin()
    verify(BUILTIN, full=True)
    assert ("fim", 2048, True) == (model.family, model.context, model.chat)
    assert "not from Phi-3" in model.note


def test_phi3_is_recognised_and_its_context_is_safe(tmp_path: Path) -> None:
    """Phi-3-mini-4k gets its control tokens by name, and 2,047 tokens, whatever its config says."""
    model = from_folder(make_model(tmp_path / "phi-3-mini"))
    assert ("phi-3-mini", "phi3_chat", 2047, True) == (model.id, model.family, model.context, model.chat)
    assert {"begin": 1, "system": 32006, "user": 32010, "assistant": 32001, "end": 32007} == model.controls
    assert {32000, 32001, 32007} <= set(model.stop_ids)


def test_a_4k_model_without_a_sliding_window_is_still_cut_short(tmp_path: Path) -> None:
    """Exports drop the sliding window from the config; the model degenerates all the same."""
    assert 2047 == from_folder(make_model(tmp_path / "m", sliding_window=None)).context


def test_a_long_context_model_stays_below_its_switch(tmp_path: Path) -> None:
    """The rotary factors change at 4,096 tokens; the prompt and its answer stay below."""
    folder = make_model(tmp_path / "m", max_position_embeddings=131072, sliding_window=262144)
    assert 4096 == from_folder(folder).context


def test_the_precision_of_an_export_is_read(tmp_path: Path) -> None:
    """openvino_config.json tells the bits of the weights."""
    folder = make_model(tmp_path / "m")
    (folder / "openvino_config.json").write_text('{"quantization_config": {"bits": 4}}', "utf-8")
    assert "int4" == from_folder(folder).precision


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "openvino_model.xml", "openvino_model.bin"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """Whoever gives an incomplete folder learns which file is missing, and what to do."""
    folder = make_model(tmp_path / "m")
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} missing .*optimum-cli export openvino"):
        from_folder(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong path is an error that shows the path."""
    with pytest.raises(ModelError, match="nowhere"):
        from_folder(tmp_path / "nowhere")


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    """Only Phi-3's architecture is inferred; others need a profile."""
    with pytest.raises(ModelError, match="llama"):
        from_folder(make_model(tmp_path / "m", model_type="llama"))


def test_a_config_that_is_no_json_is_named(tmp_path: Path) -> None:
    """A truncated config is an error that names the file."""
    folder = make_model(tmp_path / "m")
    (folder / "config.json").write_text('{"model_type"', "utf-8")
    with pytest.raises(ModelError, match=r"config\.json"):
        from_folder(folder)


def with_manifest(folder: Path) -> Path:
    write_manifest(folder, [path.name for path in folder.iterdir()])
    return folder


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_flipped_bit_in_any_file_is_found(tmp_path: Path, data: st.DataObject) -> None:
    """The full check refuses a folder whose files differ in a single bit, and names the file."""
    folder = tmp_path / "m"
    if not folder.exists():
        shutil.copytree(BUILTIN, folder)
    path = folder / data.draw(st.sampled_from(sorted(read_manifest(folder))))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    good = path.read_bytes()
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"{path.name} is damaged"):
        verify(folder, full=True)
    path.write_bytes(good)


def test_a_truncated_a_missing_and_a_surplus_file_are_found_quickly(tmp_path: Path) -> None:
    """The quick check sees sizes, absences and files that the engine would load without being asked."""
    folder = with_manifest(make_model(tmp_path / "m"))
    verify(folder, full=False)
    (folder / "openvino_tokenizer.xml").write_text("<net/>", "utf-8")
    with pytest.raises(ModelError, match=r"openvino_tokenizer\.xml does not belong"):
        verify(folder, full=False)
    (folder / "openvino_tokenizer.xml").unlink()
    (folder / "openvino_model.bin").write_bytes(b"short")
    with pytest.raises(ModelError, match="has 5 bytes instead of 16384"):
        verify(folder, full=False)
    (folder / "openvino_model.bin").unlink()
    with pytest.raises(ModelError, match=r"openvino_model\.bin is missing"):
        verify(folder, full=False)


def test_the_quick_check_reads_both_ends_of_a_large_file(tmp_path: Path) -> None:
    """Of a file above 1 MB the first and the last byte count; a change between two samples needs the full check."""
    file = tmp_path / "openvino_model.bin"
    content = bytearray(3 << 20)
    file.write_bytes(content)
    write_manifest(tmp_path, [file.name])
    for at in (0, len(content) - 1):
        file.write_bytes(content[:at] + b"\1" + content[at + 1 :])
        with pytest.raises(ModelError, match="damaged"):
            verify(tmp_path, full=False)
    file.write_bytes(content[:70_000] + b"\1" + content[70_001:])
    verify(tmp_path, full=False)
    with pytest.raises(ModelError, match="damaged"):
        verify(tmp_path, full=True)


def test_a_link_is_no_file_of_a_model(tmp_path: Path) -> None:
    """A file that was replaced by a link to the same content is refused."""
    folder = with_manifest(make_model(tmp_path / "m"))
    (folder / "config.json").rename(tmp_path / "elsewhere.json")
    (folder / "config.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(ModelError, match="not a regular file"):
        verify(folder, full=True)


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "a\\b", "/etc/passwd", "C:x", "..", ".", "", "a\0b", "CON", "nul.txt", "x.", ".hidden", "a b"],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    """A manifest cannot name anything outside its folder, nor a device, on any system."""
    with pytest.raises(ModelError):
        checked_name(name)
    facts = {"size": 0, "sha256": "", "sampled": ""}
    (tmp_path / "manifest.json").write_text(json.dumps({"schema": 1, "files": {name: facts}}), "utf-8")
    with pytest.raises(ModelError):
        verify(tmp_path, full=False)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": 1}', '{"schema": 2, "files": {}}', '{"schema": 1, "files": {"a": 1}}']
)
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    """A manifest that is no manifest of this schema does not pass for an empty one."""
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(ModelError, match=r"manifest\.json"):
        verify(tmp_path, full=False)


def test_a_prepared_model_without_its_manifest_is_refused(tmp_path: Path) -> None:
    """Taking the manifest away does not take the check away."""
    folder = tmp_path / "m"
    shutil.copytree(BUILTIN, folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(ModelError, match="install the model again"):
        verify(folder, full=False)
