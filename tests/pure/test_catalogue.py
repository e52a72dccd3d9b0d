"""The catalogue of models: what ours says, what another one may say, and what is refused with its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from phi_providers.catalogue import reading
from phi_providers.catalogue.entries import Catalogue, ListedFile, ListedModel, ListedToken, Variant
from phi_providers.catalogue.reading import CATALOGUE, PROFILE, as_json, load, read
from phi_providers.messages import Control, ModelInfo
from phi_providers.models.installed import phi3_tokens
from phi_providers.models.manifest import ModelError

REAL_TOKENIZER = Path(__file__).parent.parent / "data" / "phi-3"
SCHEMA = json.loads((CATALOGUE.parent / "catalogue.schema.json").read_text("utf-8"))


def ours() -> Catalogue:
    return load()


def smallest() -> dict[str, Any]:
    """Return the least that a catalogue can say."""
    variant = {
        "id": "mine-ov",
        "engine": "openvino",
        "repository": "me/mine",
        "size_bytes": 1,
        "files": ["config.json"],
    }
    model = {"id": "mine", "title": "Mine", "family": "phi3_chat", "license": "MIT", "context": 4096}
    tokens = [{"text": "<|end|>", "id": 7, "role": "end", "stop": True}]
    model |= {"safe_context": 2047, "kv_bytes_per_token": 0, "tokens": tokens, "variants": [variant]}
    return {"schema": 1, "models": [model]}


def write(folder: Path, data: object) -> Path:
    file = folder / "catalogue.json"
    file.write_text(json.dumps(data), "utf-8")
    return file


def test_every_phi_of_the_family_is_there() -> None:
    """Three models, each for OpenVINO in three precisions, for ONNX Runtime on CPU and GPU, and as it was trained."""
    assert ["phi-3-mini-4k", "phi-3.5-mini", "phi-4-mini"] == [model.id for model in ours().models]
    for model in ours().models:
        precisions = {v.precision for v in model.variants if v.engine == "openvino"}
        assert {"int4", "int8", "fp16"} == precisions
        onnx = {kind for v in model.variants if v.engine == "onnxruntime" for kind in v.suits}
        assert {"CPU", "CUDA", "DML"} == onnx
        assert 1 == len([v for v in model.variants if v.engine == "transformers"])
        assert "MIT" == model.license


def test_every_entry_says_where_it_does_not_run() -> None:
    """Each kind of device that a variant does not suit has its reason, with what to take instead."""
    for entry in ours().entries():
        assert entry.variant.suits
        assert set() == set(entry.variant.suits) & set(entry.variant.unsuited)
        assert all(reason for reason in entry.variant.unsuited.values())
        assert "NPU" in {*entry.variant.suits, *entry.variant.unsuited} or entry.variant.engine == "onnxruntime"


def test_what_is_not_pinned_is_said_to_be_unverified() -> None:
    """An entry without a commit says so; one that claims nothing to be unverified has a commit."""
    for entry in ours().entries():
        assert bool(entry.variant.revision) != ("revision" in entry.variant.unverified), entry.id
        sizes = [file.size_bytes for file in entry.variant.files]
        if None not in sizes:
            assert entry.variant.size_bytes == sum(size or 0 for size in sizes), entry.id


def test_no_prompt_goes_beyond_what_a_model_bears() -> None:
    """Phi-3-mini-4k degenerates after 2,047 tokens; the others lose what is cached after 4,096."""
    assert [2047, 4096, 4096] == [model.safe_context for model in ours().models]


def test_tokens_are_those_of_the_real_tokenizer() -> None:
    """Roles and stop ids of Phi-3 and Phi-3.5 are what is read from the tokenizer itself."""
    controls, stops = phi3_tokens(REAL_TOKENIZER)
    for model in ours().models[:2]:
        assert controls == model.controls
        assert set(stops) == set(model.stop_ids)


def test_roles_that_prompts_are_made_of() -> None:
    """Every model has all roles but the beginning, which Phi-4-mini has none for."""
    for model in ours().models:
        roles = {Control.SYSTEM, Control.USER, Control.ASSISTANT, Control.END}
        assert {role.value for role in roles} <= set(model.controls)
        assert set(model.controls.values()) - {1} <= set(model.stop_ids)


def test_names_on_the_wire() -> None:
    """What scripts read of an entry."""
    row = as_json(ours())[0]
    assert ["id", "family", "engine", "precision", "license", "size_bytes", "revision", "files", "suits"] == list(row)


def test_the_least_that_can_be_said(tmp_path: Path) -> None:
    """All else has a default."""
    (entry,) = read(write(tmp_path, smallest())).entries()
    assert ("mine-ov", "", "", (), {}) == (
        entry.id,
        entry.variant.revision,
        entry.variant.folder,
        entry.variant.suits,
        entry.variant.unsuited,
    )
    assert (ListedFile(name="config.json"),) == entry.variant.files
    assert (7,) == entry.model.stop_ids


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    """What readers are shown is what is understood, and its tokens are the real ones."""
    text = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
    example = json.loads(text.partition("```json\n")[2].partition("```")[0])
    (model,) = read(write(tmp_path, example)).models
    assert (ours().models[0].tokens, ["our-phi-int4-ov"]) == (model.tokens, [each.id for each in model.variants])


def test_the_users_own_come_first_and_instead(tmp_path: Path) -> None:
    """An entry of the user's with an id of ours takes its place; all others stay."""
    data = smallest()
    data["models"][0]["variants"][0]["id"] = "phi-3.5-mini-int4-ov"
    merged = load(write(tmp_path, data))
    assert ["mine", "phi-3-mini-4k", "phi-4-mini"] == [model.id for model in merged.models]
    assert "me/mine" == merged.entry("phi-3.5-mini-int4-ov").variant.repository
    assert ours() == load(tmp_path / "missing.json")


def test_an_entry_that_is_not_there() -> None:
    """The message names those that are."""
    with pytest.raises(ModelError, match="phi-3-mini-4k-int4-ov"):
        ours().entry("phi-5")


def _variant(data: dict[str, Any]) -> dict[str, Any]:
    variant: dict[str, Any] = data["models"][0]["variants"][0]
    return variant


def _set(place: Callable[[dict[str, Any]], dict[str, Any]], **values: object) -> Callable[[dict[str, Any]], None]:
    return lambda data: place(data).update(values)


def _model(data: dict[str, Any]) -> dict[str, Any]:
    model: dict[str, Any] = data["models"][0]
    return model


def _token(data: dict[str, Any]) -> dict[str, Any]:
    token: dict[str, Any] = data["models"][0]["tokens"][0]
    return token


TRICKS = [
    "../x",
    "a/b",
    "/etc/passwd",
    "C:\\x",
    "C:x",
    "..",
    ".",
    "",
    "nul",
    "con.json",
    "a\0b",
    "a\nb",
    "-x",
    ".hidden",
]
TRICKS += ["x.", "ünicode", "a" * 200, "aux", "COM1.bin", "x y"]
CODE = ["modeling_phi3.py", "pytorch_model.bin", "model.pkl", "weights.pt", "x.ckpt", "lib.so", "x.dll", "setup.sh"]
CODE += ["chat_template.jinja", "x.JINJA2", "Model.PKL", "profile.json", "manifest.json", "source.json"]


@pytest.mark.parametrize("name", [*TRICKS, *CODE])
def test_file_names_that_are_refused(tmp_path: Path, name: str) -> None:
    """Neither a path that leads elsewhere, nor code, nor one of the names that we write ourselves."""
    for entry in (name, {"name": name}, {"name": "ok.json", "alternatives": [name]}):
        data = smallest()
        _variant(data)["files"] = [entry]
        with pytest.raises(ModelError, match=r"models\.0\.variants\.0\.files\.0"):
            read(write(tmp_path, data))


@pytest.mark.parametrize("folder", ["..", "../x", "a/../b", "/a", "a//b", "C:/x", "a/", "\\x", "a/nul"])
def test_folders_that_are_refused(tmp_path: Path, folder: str) -> None:
    """A folder of a repository is a path of plain names."""
    data = smallest()
    _variant(data)["folder"] = folder
    with pytest.raises(ModelError, match="folder"):
        read(write(tmp_path, data))


@pytest.mark.parametrize(
    ("place", "spoil"),
    [
        ("schema", lambda data: data.update(schema=2)),
        ("there is no 'more' here", lambda data: data.update(more=1)),
        ("models: must be a list", lambda data: data.update(models={})),
        ("models.0: must be an object", lambda data: data.update(models=[7])),
        ("two are called 'mine-ov'", lambda data: _model(data)["variants"].append(copy.deepcopy(_variant(data)))),
        ("models.0.id", _set(_model, id="../x")),
        ("models.0.id", _set(_model, id="Upper")),
        ("models.0.id", _set(_model, id="starter")),
        ("models.0.family", _set(_model, family="llama")),
        ("models.0.license", _set(_model, license="")),
        ("models.0.title", _set(_model, title="a\x1b[31m")),
        ("models.0.context", _set(_model, context=True)),
        ("models.0.safe_context", _set(_model, safe_context=0)),
        ("models.0.safe_context", _set(_model, safe_context="2047")),
        ("models.0.profile", _set(_model, profile={"path": "/etc"})),
        ("models.0.tokens.0.id", _set(_token, id=-1)),
        ("models.0.tokens.0.role", _set(_token, role="root")),
        ("models.0.tokens.0.stop", _set(_token, stop="yes")),
        ("models.0.variants.0.id", _set(_variant, id="auto")),
        ("models.0.variants.0.id", _set(_variant, id="nul")),
        ("models.0.variants.0.engine", _set(_variant, engine="llamacpp")),
        ("models.0.variants.0.repository", _set(_variant, repository="no-owner")),
        ("models.0.variants.0.repository", _set(_variant, repository="a/b/../c")),
        ("models.0.variants.0.repository", _set(_variant, repository="https://x.example/a/b")),
        ("models.0.variants.0.revision", _set(_variant, revision="main")),
        ("models.0.variants.0.size_bytes", _set(_variant, size_bytes=1.5)),
        ("models.0.variants.0.files", _set(_variant, files=[])),
        ("models.0.variants.0.files", _set(_variant, files=["A.json", "a.json"])),
        ("models.0.variants.0.files.0.sha256", _set(_variant, files=[{"name": "x", "sha256": "0"}])),
        ("models.0.variants.0.files.0", _set(_variant, files=[{"name": "x", "url": "y"}])),
        ("models.0.variants.0.suits", _set(_variant, suits="CPU")),
        ("models.0.variants.0.unsuited", _set(_variant, unsuited={"NPU": 1})),
        ("models.0.variants.0.unverified", _set(_variant, unverified=["licence"])),
    ],
)
def test_what_is_refused(tmp_path: Path, place: str, spoil: Callable[[dict[str, Any]], None]) -> None:
    """The message names the place."""
    data = smallest()
    spoil(data)
    with pytest.raises(ModelError) as caught:
        read(write(tmp_path, data))
    assert place in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'{"schema": 1, "models": ' + b"[" * 100_000])
def test_files_that_are_no_catalogue(tmp_path: Path, content: bytes) -> None:
    """Whatever is in the file, the user hears which file it is."""
    (tmp_path / "catalogue.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"catalogue\.json"):
        read(tmp_path / "catalogue.json")


@pytest.mark.parametrize(
    ("name", "kind"), [("model", ListedModel), ("variant", Variant), ("file", ListedFile), ("token", ListedToken)]
)
def test_the_schema_names_what_is_read(name: str, kind: type[ListedModel]) -> None:
    """Editors that know the schema offer exactly the fields that are understood."""
    assert {field.name for field in fields(kind)} == set(SCHEMA["$defs"][name]["properties"])


def test_the_schema_allows_what_is_allowed() -> None:
    """Engines, families, patterns and further fields of the schema are those of the reader."""
    defs = SCHEMA["$defs"]
    assert list(reading.ENGINES) == defs["variant"]["properties"]["engine"]["enum"]
    assert list(reading.FAMILIES) == defs["model"]["properties"]["family"]["enum"]
    assert list(reading.VERIFIABLE) == defs["variant"]["properties"]["unverified"]["items"]["enum"]
    assert f"^{reading.ID.pattern}$" == defs["id"]["pattern"]
    assert f"^{reading.COMMIT.pattern}$" == defs["variant"]["properties"]["revision"]["pattern"]
    assert set(PROFILE) == set(defs["model"]["properties"]["profile"]["properties"])
    assert set(PROFILE) <= {field.name for field in fields(ModelInfo)}
