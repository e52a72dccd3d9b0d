"""From a checkpoint to the shipped files: portable, of one piece, described truly, and the same each time."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from phi_providers.models.installed import BUILTIN, from_folder
from phi_providers.models.manifest import ModelError, verify
from starter_training.export import EXPORTED, FORMAT
from starter_training.export_environment import DECISIVE, REQUIREMENTS, require_pinned_versions
from starter_training.export_figures import Quality, require_quality
from starter_training.export_portable import make_portable, portable_config, portable_graph, refuse_paths, sha256
from starter_training.release import MOST_BYTES, PROVIDERS, SHIPPED_IN, Sources, release, require_size
from starter_training.release_error import ReleaseError
from starter_training.release_profile import profile
from starter_training.release_weights import parameters

SHIPPED = ("MODEL_CARD.md", "manifest.json", "profile.json", *EXPORTED)
DECIDED = {
    "id": "small", "family": "fim", "context": 1024, "infill": False, "header": True,
    "snippets": False, "chat": False,
    "languages": ["en"], "calibration": [], "note": "{millions} M",
}  # fmt: skip
QUALITY = Quality(
    tokens=12288,
    agreement=0.9891,
    agreement_as_shipped=0.9798,
    bits_per_byte_original=1.7772,
    bits_per_byte=1.7774,
    bits_per_byte_as_shipped=1.7776,
    chars_per_token=3.76,
)
PACKAGES = [
    {"package": "python", "registry": "stdlib", "licence": "Python-2.0", "split": "train", "characters": 6_000_000},
    {"package": "one", "registry": "pypi", "licence": "MIT", "split": "train", "characters": 3_000_000},
    {"package": "two", "registry": "npm", "licence": "MIT", "split": "train", "characters": 1_000_000},
    {"package": "three", "registry": "npm", "licence": "ISC", "split": "test", "characters": 7_654_321},
]
TOTALS = {"train": {"python": {"characters": 9_000_000}, "typescript": {"characters": 1_000_000}}}
PLAN = {"length": 1024, "rate": 0.003, "decay_tokens": 0, "parent": ""}
FIRST = [{"tokens": 65_536, "loss": 9.0, "seconds": 2.0}, {"tokens": 200_000_000, "loss": 3.0, "seconds": 7_200.0}]
LAST = [
    {"tokens": 200_500_000, "loss": 2.9, "seconds": 18.0},
    {"tokens": 283_000_000, "loss": 2.7, "seconds": 1_800.0},
    {"tokens": 283_000_000, "validation_loss": 2.3456, "seconds": 1_800.0},
]
BEYOND = {"tokens": 300_000_000, "loss": 2.99, "seconds": 10_800.0}
"""The first run went on after the last one had begun at its checkpoint."""


def make_weights(path: Path, dtype: str = "F16", rows: int = 2000) -> None:
    """A safetensors file with one matrix of `rows` × 3 zeros."""
    size = rows * 3 * (2 if dtype == "F16" else 4)
    header = json.dumps({"w": {"dtype": dtype, "shape": [rows, 3], "data_offsets": [0, size]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(size))


def shares(**others: float) -> dict[str, Any]:
    """One method's figures at some cursors."""
    parts = {"cursors": 50, "exact": 0.125, "shown": 0.75, "exactOfShown": 0.5, "parsesOfShown": 0.875}
    return {**parts, "p50Ms": 31.0, "p95Ms": 77.0, **others}


def results(weights: str) -> dict[str, Any]:
    """An evaluation of a model with these weights."""
    methods = {"model": shares(), "pilot": shares(exact=0.0625), "copying": shares(exact=0.1)}
    parts = ("single line", "single line, Python", "single line, JavaScript/TypeScript", "block")
    described = {name: DECIDED[name] for name in ("id", "context", "infill", "chat")}
    return {
        "models": {"model": {**described, "weights": weights}, "pilot": {"id": "starter-pilot"}},
        "machine": {"cores": 2, "processor": "A processor"},
        "suggestions": dict.fromkeys(parts, methods),
        "ratios": {
            "pilot": {"ratio": 2.0, "low": 1.5, "high": 2.6},
            "copying": {"ratio": None, "low": 1.1, "high": None},
        },
        "bitsPerByte": {"Python": {"texts": 40, "bytes": 99_999, "model": 1.234, "pilot": 1.777}},
        "docstringBitsPerByte": {"texts": 0, "bytes": 0},
    }


def write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), "utf-8")


def write_run(folder: Path, plan: dict[str, Any], log: list[dict[str, Any]]) -> None:
    write(folder / "plan.json", plan)
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log), "utf-8")


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A checkpoint, its export and the data files, with the configuration and the vocabulary of the built-in model."""
    root = tmp_path / "sources"
    checkpoint, exported, run, recipe = (root / name for name in ("checkpoint", "exported", "runs/last", "recipe"))
    for folder in (checkpoint, exported, run, recipe):
        folder.mkdir(parents=True)
    for name in ("config.json", "generation_config.json", "tokenizer.json"):
        shutil.copyfile(BUILTIN / name, checkpoint / name)
        shutil.copyfile(BUILTIN / name, exported / name)
    make_weights(checkpoint / "model.safetensors")
    shutil.copyfile(BUILTIN / "openvino_config.json", exported / "openvino_config.json")
    (exported / "openvino_model.xml").write_text("<net/>", "utf-8")
    (exported / "openvino_model.bin").write_bytes(bytes(range(256)) * 64)
    digests = {
        "weights_sha256": sha256(checkpoint / "model.safetensors"),
        "ir_sha256": sha256(exported / "openvino_model.bin"),
    }
    write(run / "export.json", {**digests, "format": " ".join(FORMAT), **asdict(QUALITY)})
    write_run(run.with_name("first"), PLAN, [*FIRST, BEYOND])
    write_run(run, {**PLAN, "length": 2048, "decay_tokens": 83_000_000, "parent": "first"}, LAST)
    write(recipe / "release.json", {"profile": DECIDED})
    write(recipe / "data-manifest.json", {"totals": TOTALS, "packages": PACKAGES})
    write(recipe / "evaluation" / "results.json", results(digests["ir_sha256"]))
    return Sources(checkpoint=checkpoint, exported=exported, run=run, recipe=recipe)


def test_a_release_is_what_the_product_loads(sources: Sources, tmp_path: Path) -> None:
    """The shipped folder holds exactly its files, passes the loader's check of every byte and reads as the model."""
    assert [] == release(sources, tmp_path / "providers")
    shipped = tmp_path / "providers" / SHIPPED_IN
    verify(shipped, full=True)
    assert sorted(SHIPPED) == sorted(path.name for path in shipped.iterdir())
    model = from_folder(shipped)
    assert ("small", 1024, 3.8, "int8") == (model.id, model.context, model.chars_per_token, model.precision)


def test_the_original_goes_beside_it(sources: Sources, tmp_path: Path) -> None:
    """The weights before conversion are kept byte for byte, with a page saying what they are."""
    release(sources, tmp_path / "providers")
    original = tmp_path / "providers" / "starter-original"
    names = ["README.md", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json"]
    assert names == sorted(path.name for path in original.iterdir())
    assert sha256(sources.checkpoint / "model.safetensors") == sha256(original / "model.safetensors")


def test_the_same_checkpoint_gives_the_same_files(sources: Sources, tmp_path: Path) -> None:
    """A second release differs in no byte from the first, which is what --check says."""
    release(sources, tmp_path / "providers")
    assert [] == release(sources, tmp_path / "providers", check=True)


@pytest.mark.parametrize("name", [*SHIPPED, "../../starter-original/model.safetensors"])
def test_a_check_names_what_was_changed(sources: Sources, tmp_path: Path, name: str) -> None:
    """One more byte in any file is seen, and no file is written."""
    release(sources, tmp_path / "providers")
    changed = (tmp_path / "providers" / SHIPPED_IN / name).resolve()
    with changed.open("ab") as file:
        file.write(b" ")
    size = changed.stat().st_size
    expected = changed.relative_to((tmp_path / "providers").resolve()).as_posix()
    assert [expected] == release(sources, tmp_path / "providers", check=True)
    assert size == changed.stat().st_size


def test_a_check_names_what_is_missing_and_what_does_not_belong(sources: Sources, tmp_path: Path) -> None:
    """Both folders must hold exactly the files of the release."""
    release(sources, tmp_path / "providers")
    shipped = tmp_path / "providers" / SHIPPED_IN
    (shipped / "profile.json").rename(shipped / "profile.txt")
    names = [f"{SHIPPED_IN.as_posix()}/profile.{ending}" for ending in ("json", "txt")]
    assert names == release(sources, tmp_path / "providers", check=True)


def test_files_of_another_model_are_not_left_beside_it(sources: Sources, tmp_path: Path) -> None:
    """What the new manifest does not name would stop the loader, so it stops the release."""
    shipped = tmp_path / "providers" / SHIPPED_IN
    shipped.mkdir(parents=True)
    (shipped / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin"):
        release(sources, tmp_path / "providers")


def test_weights_and_export_must_belong_together(sources: Sources, tmp_path: Path) -> None:
    """A checkpoint that was trained on since its export is not released with the old graph."""
    make_weights(sources.checkpoint / "model.safetensors", rows=2001)
    with pytest.raises(ReleaseError, match="other weights"):
        release(sources, tmp_path / "providers")


@pytest.mark.parametrize("name", ["openvino_model.bin", "tokenizer.json"])
def test_the_export_must_be_the_measured_one(sources: Sources, tmp_path: Path, name: str) -> None:
    """The figures of the card are those of the very graph, and its tokenizer is the checkpoint's."""
    with (sources.exported / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ReleaseError, match="export the checkpoint anew"):
        release(sources, tmp_path / "providers")


@pytest.mark.parametrize("folder", ["checkpoint", "exported"])
def test_a_missing_file_is_named(sources: Sources, tmp_path: Path, folder: str) -> None:
    """Nothing is written when half of a model is there."""
    (getattr(sources, folder) / "config.json").unlink()
    with pytest.raises(ReleaseError, match=r"config\.json is missing"):
        release(sources, tmp_path / "providers")
    assert not (tmp_path / "providers").exists()


def test_a_model_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """40 MB, the card and the manifest included, may be shipped, not one byte more."""
    with (tmp_path / "openvino_model.bin").open("wb") as file:
        file.truncate(MOST_BYTES)
    require_size(tmp_path)
    (tmp_path / "MODEL_CARD.md").write_bytes(b"x")
    with pytest.raises(ReleaseError, match="40 MB are allowed"):
        require_size(tmp_path)


def test_a_model_that_is_too_large_is_not_released(sources: Sources, tmp_path: Path) -> None:
    """The limit holds for what is built, before anything is written."""
    graph = sources.exported / "openvino_model.bin"
    with graph.open("r+b") as file:
        file.truncate(MOST_BYTES)
    report = json.loads((sources.run / "export.json").read_bytes())
    write(sources.run / "export.json", {**report, "ir_sha256": sha256(graph)})
    with pytest.raises(ReleaseError, match="40 MB are allowed"):
        release(sources, tmp_path / "providers", draft=True)
    assert not (tmp_path / "providers").exists()


def test_a_draft_can_be_evaluated_but_not_shipped(sources: Sources, tmp_path: Path) -> None:
    """Without figures there is a model for the evaluation to measure, never one in the product."""
    shutil.rmtree(sources.recipe / "evaluation")
    release(sources, tmp_path / "providers", draft=True)
    assert "small" == from_folder(tmp_path / "providers" / SHIPPED_IN).id
    assert not (tmp_path / "providers" / SHIPPED_IN / "MODEL_CARD.md").exists()
    with pytest.raises(ReleaseError, match="--into"):
        release(sources, PROVIDERS, draft=True)


def test_the_card_says_what_the_data_files_say(sources: Sources, tmp_path: Path) -> None:
    """Sizes, shares, the run and the figures are read, and every field of the template is filled in."""
    release(sources, tmp_path / "providers")
    card = (tmp_path / "providers" / SHIPPED_IN / "MODEL_CARD.md").read_text("utf-8")
    config = json.loads((BUILTIN / "config.json").read_bytes())
    assert "not Phi-3" in card
    assert "$" not in card
    for text in (
        f"{config['num_hidden_layers']} layers, hidden {config['hidden_size']}, {config['num_attention_heads']} heads",
        "6,000 weights",
        "10.0 million characters: Python's standard library, 1 Python packages and 1 npm packages",
        "| MIT | 2 | 4.0 M | 40.0 % |",
        "| TypeScript | 1.0 M | 10.0 % |",
        "283.0 million tokens in 2.5 hours, at a loss of 2.346 nats",
        "| first | 1,024 | 200.0 M | 2.00 | 0.003, then constant |",
        "| last | 2,048 | 83.0 M | 0.50 | 0.003, falling to 0 |",
        "| single line | 50 | 12.5 % | 6.2 % | 10.0 % |",
        "2.00 times as often as its predecessor (95 % of resampled files: 1.50 to 2.60)",
        "∞ times as often as copying",
        "| block | 12.5 % | 75.0 % | 50.0 % | 87.5 % | 31 | 77 |",
        "| Python | 40 | 1.234 | 1.777 |",
        "+0.01 % in bits per byte",
        "98.9 % of 12,288 positions",
    ):
        assert text in card


@pytest.mark.parametrize(
    ("name", "keys", "command"),
    [
        ("run/log.jsonl", (-1, "validation_loss"), "train"),
        ("run/log.jsonl", (1, "tokens"), "train"),
        ("run/plan.json", ("rate",), "train"),
        ("run/../first/log.jsonl", (0, "seconds"), "train"),
        ("run/export.json", ("bits_per_byte",), "export"),
        ("run/export.json", ("ir_sha256",), "export"),
        ("recipe/release.json", ("profile",), "git checkout"),
        ("recipe/data-manifest.json", ("packages", 1, "licence"), "clean"),
        ("recipe/data-manifest.json", ("totals", "train", "python", "characters"), "clean"),
        ("recipe/evaluation/results.json", ("suggestions", "block"), "make eval-starter"),
        (
            "recipe/evaluation/results.json",
            ("suggestions", "single line", "model", "exactOfShown"),
            "make eval-starter",
        ),
        ("recipe/evaluation/results.json", ("ratios", "pilot", "low"), "make eval-starter"),
        ("recipe/evaluation/results.json", ("bitsPerByte", "Python", "pilot"), "make eval-starter"),
    ],
)
def test_a_missing_figure_is_named(
    sources: Sources, tmp_path: Path, name: str, keys: tuple[Any, ...], command: str
) -> None:
    """No card has a gap: the release stops, saying which figure of which file, and what makes it."""
    owner, _, below = name.partition("/")
    path = getattr(sources, owner) / below
    lines = path.name.endswith("l")
    data = (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if lines else json.loads(path.read_bytes())
    )
    inner = data
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    path.write_text("\n".join(map(json.dumps, data)) if lines else json.dumps(data), "utf-8")
    with pytest.raises(ReleaseError, match=f"{keys[-1]}.*{command}"):
        release(sources, tmp_path / "providers")
    assert not (tmp_path / "providers").exists()


@pytest.mark.parametrize(
    "name", ["run/../first/plan.json", "run/log.jsonl", "recipe/data-manifest.json", "recipe/evaluation/results.json"]
)
def test_a_missing_data_file_is_named(sources: Sources, tmp_path: Path, name: str) -> None:
    """The message says which file is not there and which command writes it."""
    owner, _, below = name.partition("/")
    (getattr(sources, owner) / below).unlink()
    with pytest.raises(ReleaseError, match=f"{Path(below).name}.*run `"):
        release(sources, tmp_path / "providers")


def test_an_empty_figure_is_missing(sources: Sources, tmp_path: Path) -> None:
    """A null where a number belongs does not become the word None."""
    path = sources.recipe / "evaluation" / "results.json"
    data = json.loads(path.read_bytes())
    data["suggestions"]["block"]["model"]["exactOfShown"] = None
    write(path, data)
    with pytest.raises(ReleaseError, match=r"suggestions\.block\.model\.exactOfShown"):
        release(sources, tmp_path / "providers")


@pytest.mark.parametrize(("field", "value"), [("weights", "0" * 64), ("infill", True), ("context", 2048)])
def test_figures_of_another_model_are_refused(sources: Sources, tmp_path: Path, field: str, value: object) -> None:
    """The evaluation must have measured these weights, with the profile that is shipped."""
    path = sources.recipe / "evaluation" / "results.json"
    data = json.loads(path.read_bytes())
    data["models"]["model"][field] = value
    write(path, data)
    with pytest.raises(ReleaseError, match="make eval-starter"):
        release(sources, tmp_path / "providers")


@pytest.mark.parametrize("licence", ["GPL-3.0-only", ""])
def test_data_under_another_licence_is_refused(sources: Sources, tmp_path: Path, licence: str) -> None:
    """A model that was trained on code under any other licence is not released."""
    packages = [{**PACKAGES[0], "licence": licence or "unknown"}, *PACKAGES[1:]]
    write(sources.recipe / "data-manifest.json", {"totals": TOTALS, "packages": packages})
    with pytest.raises(ReleaseError, match="python has the licence"):
        release(sources, tmp_path / "providers")


def test_a_data_manifest_must_add_up(sources: Sources, tmp_path: Path) -> None:
    """The shares of licences and of languages are of the same text."""
    write(sources.recipe / "data-manifest.json", {"totals": TOTALS, "packages": PACKAGES[1:]})
    with pytest.raises(ReleaseError, match="disagree"):
        release(sources, tmp_path / "providers")


def make_profile(added: list[dict[str, Any]] | None = None, **decided: object) -> dict[str, Any]:
    """The profile of a model of 7.2 million weights with the built-in vocabulary."""
    added = added or json.loads((BUILTIN / "tokenizer.json").read_bytes())["added_tokens"]
    measured: dict[str, Any] = {"chars_per_token": 3.64, "precision": "int8", "weights": 7_200_000}
    return profile({**DECIDED, **decided}, added, positions=2048, **measured)


def test_the_control_tokens_are_read_from_the_vocabulary() -> None:
    """The end of a text comes first; the model stops at every control token, which it should never write."""
    made = make_profile()
    assert {"begin": 1, "fim_prefix": 8, "fim_suffix": 9, "fim_middle": 10, "end": 7}.items() <= made[
        "controls"
    ].items()
    assert [3, 2, 4, 5, 6, 7, 8, 9, 10] == made["stop_ids"]


def test_the_note_says_how_small_the_model_is() -> None:
    """The number of weights in the note is counted, not copied."""
    assert "7 M" == make_profile()["note"]


@pytest.mark.parametrize("decided", [{"context": 4096}, {"colour": "red"}])
def test_a_profile_that_cannot_be_true_is_refused(decided: dict[str, object]) -> None:
    """A context beyond the model's positions is as wrong as a key that nobody reads."""
    with pytest.raises(ReleaseError):
        make_profile(**decided)


def test_a_vocabulary_without_a_control_token_is_refused() -> None:
    """A token that stands for text cannot steer the model."""
    added = json.loads((BUILTIN / "tokenizer.json").read_bytes())["added_tokens"]
    added[9]["special"] = False
    with pytest.raises(ReleaseError, match="fim_suffix"):
        make_profile(added)


def test_weights_are_counted_and_must_be_half_floats(tmp_path: Path) -> None:
    """The graph is made from the weights that are kept, so they are kept in the precision that they were made from."""
    path = tmp_path / "model.safetensors"
    make_weights(path)
    assert 6000 == parameters(path)
    make_weights(path, "F32")
    with pytest.raises(ReleaseError, match="F32"):
        parameters(path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, b"\x02\0\0\0\0\0\0\0[]"])
def test_what_is_no_safetensors_file_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    """A torn or foreign file is an error with the file's name."""
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ReleaseError, match=r"model\.safetensors"):
        parameters(tmp_path / "model.safetensors")


def test_the_build_of_a_library_does_not_stay_in_the_graph() -> None:
    """PyTorch with and without CUDA traces the same graph, so its files are the same bytes."""
    given = '<pytorch_version value="2.13.0+cpu" />\n<info value="a+b" />'
    assert '<pytorch_version value="2.13.0" />\n<info value="a+b" />' == portable_graph(given)


def test_the_folder_of_the_tokenizer_does_not_stay_in_the_configuration() -> None:
    """The rest of openvino_config.json stays as Optimum writes it, byte for byte."""
    before = json.loads((BUILTIN / "openvino_config.json").read_bytes())
    before["quantization_config"]["tokenizer"] = "/home/somebody/checkpoint"
    after = portable_config(json.dumps(before))
    before["quantization_config"]["tokenizer"] = None
    assert json.dumps(before, indent=2, sort_keys=True) + "\n" == after
    refuse_paths("openvino_config.json", after)


@pytest.mark.parametrize(
    "path", ['"/home/a/model"', '"C:\\\\models"', "'D:/models'", '"file:///a"', '"\\\\\\\\host\\\\share"']
)
def test_an_absolute_path_is_refused(path: str) -> None:
    """No exported file tells where it was made."""
    with pytest.raises(ReleaseError, match=r"x\.json holds the path"):
        refuse_paths("x.json", f'{{"name": {path}}}')


def test_names_in_a_graph_are_no_paths() -> None:
    """The built-in model's own graph and configuration pass, slashes in the names of its nodes included."""
    for name in ("openvino_model.xml", "openvino_config.json", "config.json"):
        refuse_paths(name, (BUILTIN / name).read_text("utf-8"))


def test_an_export_without_a_file_is_refused(tmp_path: Path) -> None:
    """Another version of Optimum may name its files otherwise."""
    with pytest.raises(ReleaseError, match=r"no openvino_model\.xml"):
        make_portable(tmp_path, ["openvino_model.xml"])


@pytest.mark.parametrize("change", [{"agreement": 0.88}, {"bits_per_byte": 1.79}, {"bits_per_byte": float("nan")}])
def test_an_export_that_costs_more_than_rounding_is_refused(change: dict[str, float]) -> None:
    """A model that lost its way in the conversion is not exported; the measured loss of INT8 is no reason."""
    require_quality(QUALITY)
    with pytest.raises(ReleaseError):
        require_quality(replace(QUALITY, **change))


def pinned() -> dict[str, str]:
    """The pins of the export's environment, by the packages' names."""
    lines = [line for line in REQUIREMENTS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("==") for line in lines)


def test_the_environment_is_pinned_and_only_that() -> None:
    """Each line is a name and a version: no index, no option; and what reports each export stays out."""
    pins = pinned()
    assert set(DECISIVE) <= set(pins)
    assert not {"torchvision", "openvino-telemetry"} & set(pins)
    assert all(re.fullmatch(r"[\d.]+", pin) for pin in pins.values())


def test_the_export_runs_with_the_pinned_versions_only() -> None:
    """The build of a package does not matter; its version does, and what is wrong is named."""
    pins = {**pinned(), "torch": f"{pinned()['torch']}+cpu"}
    assert set(DECISIVE) == set(require_pinned_versions(installed=pins.__getitem__))
    pins["transformers"] = "4.0.0"
    with pytest.raises(ReleaseError, match=r"transformers 4\.0\.0 instead of"):
        require_pinned_versions(installed=pins.__getitem__)


def test_a_package_that_is_not_there_is_named() -> None:
    """Outside of its environment, the export says what to install."""

    def nothing(name: str) -> str:
        raise PackageNotFoundError(name)

    with pytest.raises(ReleaseError, match=r"openvino \(nothing\) instead of .*requirements-export"):
        require_pinned_versions(installed=nothing)
