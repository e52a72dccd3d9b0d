"""`phi-ls models` as people and scripts use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from process.local_hub import LocalHub, local_hub
from process.pulling import FILES, MODEL, VARIANT, WEIGHTS, Pulling, assert_whole, small_model, visible

SIZE = f"{sum(map(len, small_model().values())) / 1000**3:.2f}"

FIELDS = ["id", "family", "engine", "precision", "license", "size_bytes", "revision", "files", "installed", "suits"]


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as running:
        yield running


@pytest.fixture
def cli(hub: LocalHub, tmp_path: Path) -> Pulling:
    return Pulling(tmp_path, hub)


def test_from_nothing_to_a_model_and_back(hub: LocalHub, cli: Pulling) -> None:
    """One command fetches the variant that suits the machine and makes it the one that answers; others undo it."""
    done = cli.models("pull", MODEL, "--yes", "--json")
    assert 0 == done.returncode, done.stderr
    report = json.loads(done.stdout)
    assert ["id", "path", "revision", "size_bytes"] == list(report)
    assert (VARIANT, str(cli.installed)) == (report["id"], report["path"])
    assert_whole(cli.root, hub)
    assert f'model = "{VARIANT}"\n' == cli.config.read_text("utf-8")

    listed = json.loads(cli.models("list", "--json").stdout)
    assert [FIELDS] * len(listed) == [list(model) for model in listed]
    by_id = {model["id"]: model for model in listed}
    assert {"starter", VARIANT} == {each for each, model in by_id.items() if model["installed"]}
    assert report["revision"] == by_id[VARIANT]["revision"]
    assert (False, "MIT") == (by_id["phi-3-mini-4k-int4-ov"]["installed"], by_id["phi-3-mini-4k-int4-ov"]["license"])

    assert f"{cli.installed}\n" == cli.models("path", VARIANT).stdout
    checked = json.loads(cli.models("verify", "--json").stdout)
    assert [("starter", True), (VARIANT, True)] == [(each["id"], each["ok"]) for each in checked]

    removed = cli.models("remove", VARIANT)
    assert (0, []) == (removed.returncode, visible(cli.root))
    assert "settings still name it" in removed.stdout
    assert 1 == cli.models("remove", VARIANT).returncode


def test_what_is_asked_before_it_is_fetched(hub: LocalHub, cli: Pulling) -> None:
    """Licence, source and size are said, and without a yes nothing is fetched."""
    asked = cli.models("pull", VARIANT, stdin=None, input="n\n")
    assert 2 == asked.returncode
    for said in ("MIT", f"6 files, {SIZE} GB", hub.address, "memory", "Runs on CPU", "not known from before: revision"):
        assert said in asked.stdout
    assert "Nobody answered" in cli.models("pull", VARIANT).stdout
    assert [] == hub.asked(WEIGHTS)
    agreed = cli.models("pull", VARIANT, "--no-use", stdin=None, input="y\n")
    assert 0 == agreed.returncode, agreed.stderr
    assert_whole(cli.root, hub)
    assert not cli.config.exists()


def test_a_byte_that_has_changed(hub: LocalHub, cli: Pulling) -> None:
    """`verify` names the file and ends with exit code 1; `pull` mends it."""
    assert 0 == cli.pull().returncode
    weights = bytearray((cli.installed / WEIGHTS).read_bytes())
    weights[len(weights) // 2] ^= 1
    (cli.installed / WEIGHTS).write_bytes(weights)
    damaged = cli.models("verify", VARIANT)
    assert 1 == damaged.returncode
    assert f"{WEIGHTS} is damaged" in damaged.stderr
    assert 0 == cli.pull().returncode
    assert 0 == cli.models("verify", VARIANT).returncode


def test_a_model_of_ones_own_choice_stays(hub: LocalHub, cli: Pulling) -> None:
    """Fetching a model does not replace the one that the user has chosen; `use` does, and leaves all else alone."""
    cli.config.write_text('# mine\nmodel = "another"  # good\n\n[hover]\nmode = "off"\n', "utf-8")
    assert 0 == cli.pull().returncode
    assert 'model = "another"' in cli.config.read_text("utf-8")
    used = cli.models("use", VARIANT)
    assert 0 == used.returncode, used.stderr
    assert f'# mine\nmodel = "{VARIANT}"  # good\n\n[hover]\nmode = "off"\n' == cli.config.read_text("utf-8")


@pytest.mark.parametrize(
    ("said", "arguments"),
    [
        ("there is no model 'nonsense'", ["pull", "nonsense"]),
        ("is not installed", ["use", VARIANT]),
        ("is not installed", ["path", VARIANT]),
        ("is no name for a model's file", ["path", "../../etc"]),
        ("is part of phi-ls", ["remove", "starter"]),
        ("no such variant", ["pull", MODEL, "--precision", "int2"]),
    ],
)
def test_what_cannot_be_meant(hub: LocalHub, cli: Pulling, said: str, arguments: list[str]) -> None:
    """Exit code 1 and a sentence; nothing on stdout, no traceback, nobody asked."""
    done = cli.models(*arguments)
    assert (1, "") == (done.returncode, done.stdout)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [] == hub.requests


def test_a_catalogue_that_is_wrong(hub: LocalHub, cli: Pulling) -> None:
    """The place in the user's own catalogue is named."""
    cli.list({"schema": 1, "models": [{"id": "x"}]})
    done = cli.models("list")
    assert 1 == done.returncode
    assert "catalogue.json: models.0.tokens: must be a list" in done.stderr


def test_files_that_are_installed(hub: LocalHub, cli: Pulling) -> None:
    """What the catalogue lists, and what says what it is and where it came from."""
    assert 0 == cli.pull().returncode
    ours = [".dates.json", "manifest.json", "profile.json", "source.json"]
    assert sorted([*FILES, *ours]) == sorted(path.name for path in cli.installed.iterdir())
    source = json.loads((cli.installed / "source.json").read_text("utf-8"))
    assert (hub.address, "MIT") == (source["endpoint"], source["license"])
