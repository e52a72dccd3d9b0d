"""What is compared when a model is loaded: a file with another date than when it was installed is read whole, once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from pure.test_token_provider import Script

from phi_providers.errors import LoadFailed
from phi_providers.messages import Load
from phi_providers.models.dates import note_dates, verify_for_loading
from phi_providers.models.installed import BUILTIN, builtin, from_folder
from phi_providers.models.manifest import DATES, ModelError, write_manifest
from phi_providers.token_provider import TokenProvider

WEIGHTS = "openvino_model.bin"
BETWEEN_SAMPLES = 100_000
NANOSECONDS = 10**9


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installed model of one large file and a small one."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(bytes(3 << 20))
    (folder / "config.json").write_text("{}", "utf-8")
    write_manifest(folder, [WEIGHTS, "config.json"])
    note_dates(folder)
    return folder


def flip(folder: Path) -> None:
    """Change a byte that no sample has; the file keeps its date."""
    file = folder / WEIGHTS
    date = file.stat()
    content = bytearray(file.read_bytes())
    content[BETWEEN_SAMPLES] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(date.st_atime_ns, date.st_mtime_ns))


def touch(folder: Path) -> None:
    """Give the large file another date, as copying it does."""
    date = (folder / WEIGHTS).stat().st_mtime_ns
    os.utime(folder / WEIGHTS, ns=(date, date + NANOSECONDS))


def load(folder: Path) -> None:
    """Load a model as a worker does, with an engine that has nothing to load."""
    order = Load(engine="script", device="none", model=from_folder(folder))
    TokenProvider(order, Script({})).load(lambda stage: None)


def test_a_change_between_two_samples_is_found_at_the_next_load(tmp_path: Path) -> None:
    """A single bit of an installed model that somebody has written to keeps it from being loaded, each time."""
    folder = tmp_path / "model"
    shutil.copytree(BUILTIN, folder)
    note_dates(folder)
    load(folder)
    flip(folder)
    touch(folder)
    for _ in range(2):
        with pytest.raises(LoadFailed, match=r"openvino_model\.bin is damaged"):
            load(folder)


def test_a_file_with_its_old_date_is_only_sampled(folder: Path) -> None:
    """Nothing but the date makes the check read all of a large file: loading stays quick."""
    flip(folder)
    verify_for_loading(folder)
    touch(folder)
    with pytest.raises(ModelError, match="damaged"):
        verify_for_loading(folder)


def test_a_copy_is_read_as_a_whole_once(folder: Path) -> None:
    """Another date alone is no fault, and is the known one from then on."""
    touch(folder)
    verify_for_loading(folder)
    flip(folder)
    verify_for_loading(folder)


@pytest.mark.parametrize("noted", ["", "{", "[]", '{"openvino_model.bin": "yesterday"}', "{}", None])
def test_dates_that_cannot_be_read_are_no_dates(folder: Path, noted: str | None) -> None:
    """Damaging the notes, or taking them away, does not take the check away."""
    (folder / DATES).unlink()
    if noted is not None:
        (folder / DATES).write_text(noted, "utf-8")
    flip(folder)
    with pytest.raises(ModelError, match="damaged"):
        verify_for_loading(folder)


def test_where_nothing_can_be_noted_down_samples_suffice(folder: Path) -> None:
    """A copy in a folder that cannot be written would be read as a whole at every load."""
    (folder / DATES).unlink()
    (folder / DATES).mkdir()  # nothing of that name can be written, whoever runs this
    flip(folder)
    verify_for_loading(folder)


def test_notes_are_never_written_through_a_link(folder: Path, tmp_path: Path) -> None:
    """A folder from elsewhere cannot have another file overwritten, nor its content taken for dates."""
    precious = tmp_path / "precious.txt"
    (folder / DATES).rename(precious)
    (folder / DATES).symlink_to(precious)
    before = precious.read_bytes()
    touch(folder)
    verify_for_loading(folder)
    assert before == precious.read_bytes()
    assert not (folder / DATES).is_symlink()
    flip(folder)
    verify_for_loading(folder)


def test_the_builtin_model_is_left_as_it_is() -> None:
    """Nothing is written into the package, whatever dates its installer has given."""
    order = Load(engine="script", device="none", model=builtin())
    TokenProvider(order, Script({})).load(lambda stage: None)
    assert not (BUILTIN / DATES).exists()
