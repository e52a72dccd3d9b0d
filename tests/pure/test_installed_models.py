"""Installed models: any change of any byte is found, and what may be among them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi_providers.hub.place import (
    Source,
    begun_bytes,
    find_installed,
    list_installed,
    remove,
    staging,
    swap_in,
    write_source,
)
from phi_providers.hub.thorough import verify_thoroughly
from phi_providers.models.manifest import ModelError, write_manifest

SAMPLED = 16 * 64 * 1024
"""Larger files are only sampled at each load."""

CONTENTS = {"config.json": b'{"model_type": "phi3"}', "openvino_model.bin": bytes(range(256)), "empty.txt": b""}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def install(root: Path, model_id: str = "mine") -> Path:
    """Put a small model among the installed."""
    place = staging(root, model_id, COMMIT)
    for name, data in CONTENTS.items():
        (place / name).write_bytes(data)
    address = "https://hub.example"
    source = Source(id=model_id, repository="me/mine", folder="", revision=COMMIT, endpoint=address, license="MIT")
    write_source(place, source)
    write_manifest(place, [*CONTENTS, "source.json"])
    return swap_in(root, model_id, place)


def test_every_single_byte(tmp_path: Path) -> None:
    """A bit flipped in any byte of any file, the manifest included, is found."""
    folder = install(tmp_path)
    assert 4 == verify_thoroughly(folder)
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        for place in range(len(content)):
            file.write_bytes(content[:place] + bytes([content[place] ^ (1, 32, 128)[place % 3]]) + content[place + 1 :])
            with pytest.raises(ModelError):
                verify_thoroughly(folder)
        file.write_bytes(content)
    verify_thoroughly(folder)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a file that the quick check only samples."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "openvino_model.bin").write_bytes(bytes(251) * (4 * SAMPLED // 251))
    write_manifest(folder, ["openvino_model.bin"])
    return folder


@given(place=st.integers(0, 4 * SAMPLED // 251 * 251 - 1), mask=st.integers(1, 255))
@settings(max_examples=40)
def test_a_byte_anywhere_in_a_large_file(large: Path, place: int, mask: int) -> None:
    """Also between the blocks that are looked at when a model is loaded."""
    with (large / "openvino_model.bin").open("r+b") as file:
        file.seek(place)
        before = file.read(1)
        file.seek(place)
        file.write(bytes([before[0] ^ mask]))
    with pytest.raises(ModelError, match=r"openvino_model\.bin is damaged"):
        verify_thoroughly(large)
    with (large / "openvino_model.bin").open("r+b") as file:
        file.seek(place)
        file.write(before)
    verify_thoroughly(large)


def _shorter(folder: Path) -> None:
    (folder / "config.json").write_bytes(CONTENTS["config.json"][:-1])


def _longer(folder: Path) -> None:
    (folder / "empty.txt").write_bytes(b"x")


def _missing(folder: Path) -> None:
    (folder / "config.json").unlink()


def _more(folder: Path) -> None:
    (folder / "modeling_phi3.py").write_text("import os")


def _link(folder: Path) -> None:
    (folder / "config.json").rename(folder.parent / "elsewhere.json")
    (folder / "config.json").symlink_to(folder.parent / "elsewhere.json")


def _folder(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "config.json").mkdir()


def _no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _written_differently(folder: Path) -> None:
    data = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(data), "utf-8")


@pytest.mark.parametrize(
    "spoil", [_shorter, _longer, _missing, _more, _link, _folder, _no_manifest, _written_differently]
)
def test_other_changes(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """Files that are shorter, longer, gone, new or no files at all."""
    folder = install(tmp_path)
    spoil(folder)
    with pytest.raises(ModelError):
        verify_thoroughly(folder)


def test_what_is_listed(tmp_path: Path) -> None:
    """Models with a manifest; neither what is being fetched nor what somebody has put there."""
    assert [] == list_installed(tmp_path / "missing")
    install(tmp_path, "b")
    install(tmp_path, "a")
    (tmp_path / "notes").mkdir()
    (tmp_path / "file.txt").write_text("x")
    (staging(tmp_path, "c", COMMIT) / "config.json.part").write_bytes(b"123")
    assert ["a", "b"] == [model.id for model in list_installed(tmp_path)]
    assert 3 == begun_bytes(tmp_path, "c")
    found = find_installed(tmp_path, "a")
    assert found is not None
    assert found.source is not None
    assert (COMMIT, sum(path.stat().st_size for path in found.path.iterdir() if path.name != "manifest.json")) == (
        found.source.revision,
        found.size,
    )


def test_what_is_removed(tmp_path: Path) -> None:
    """A model goes with what was begun of it, and nothing else goes."""
    install(tmp_path, "a")
    install(tmp_path, "ab")
    (staging(tmp_path, "a", COMMIT) / "config.json.part").write_bytes(b"123")
    assert remove(tmp_path, "a") > 3
    assert ["ab"] == [model.id for model in list_installed(tmp_path)]
    assert [] == list((tmp_path / ".fetching").iterdir())


class _Interrupted(type(Path())):  # type: ignore[misc]
    """A folder at which the user presses Ctrl-C when it is about to be installed."""

    def rename(self, target: object) -> Path:
        """Do nothing of the kind."""
        raise KeyboardInterrupt


def test_ctrl_c_between_the_old_one_and_the_new_one(tmp_path: Path) -> None:
    """What was installed is there again, whole."""
    folder = install(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        swap_in(tmp_path, "mine", _Interrupted(staging(tmp_path, "mine", COMMIT)))
    assert 4 == verify_thoroughly(folder)


def test_another_revision_begins_anew(tmp_path: Path) -> None:
    """What was begun of another commit is not mixed with this one."""
    (staging(tmp_path, "a", "f" * 40) / "config.json.part").write_bytes(b"123")
    assert [] == list(staging(tmp_path, "a", COMMIT).iterdir())
    assert 0 == begun_bytes(tmp_path, "a")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "C:x", "nul", ".locks", "a\0b"])
def test_ids_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    """No id names anything outside of the folder of models."""
    for use in (find_installed, remove):
        with pytest.raises(ModelError, match="no name"):
            use(tmp_path, name)


@pytest.mark.parametrize("commit", ["main", "../x", "", "f" * 39, "F" * 40])
def test_commits_that_are_none(tmp_path: Path, commit: str) -> None:
    """A commit is forty digits, whatever the hub says."""
    with pytest.raises(ModelError, match="no commit"):
        staging(tmp_path, "a", commit)
