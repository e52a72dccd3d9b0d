"""The models that are compared, as folders: the one under test and the pilot, whose files the history has."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from phi_providers.models.manifest import MANIFEST, read_manifest, verify, write_manifest
from starter_training.places import REPOSITORY, WORK

PILOT_COMMIT = "f8e699f"
PILOT_FOLDER = "providers/phi_providers/starter"


class NoPilot(Exception):
    """The history does not reach back to the pilot; the message says what to do."""


def pilot() -> Path:
    """Return the folder of the pilot model, taken out of the repository's history; raises NoPilot."""
    folder = WORK / "pilot"
    if not (folder / MANIFEST).is_file():
        command = ["git", "-C", str(REPOSITORY), "archive", f"{PILOT_COMMIT}:{PILOT_FOLDER}"]
        archive = subprocess.run(command, capture_output=True, check=False)
        if archive.returncode:
            raise NoPilot(
                f"the pilot is not in this checkout's history ({archive.stderr.decode().strip()}); "
                "`git fetch --unshallow` fetches it"
            )
        _unpack(archive.stdout, folder)
    verify(folder, full=True)
    return folder


def _unpack(archive: bytes, folder: Path) -> None:
    """Put an archive's files into a folder, which is either whole or not there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished, tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(Path(unfinished) / "files", filter="data")
        shutil.rmtree(folder, ignore_errors=True)
        (Path(unfinished) / "files").rename(folder)


@contextlib.contextmanager
def variant(folder: Path, profile: Mapping[str, object]) -> Iterator[Path]:
    """Yield a copy of a model with other values in its profile.json, its manifest made anew."""
    with tempfile.TemporaryDirectory(prefix="phi-ls-model-") as temporary:
        copy = Path(temporary) / folder.resolve().name
        copy.mkdir()
        for file in folder.iterdir():
            if file.is_file():
                shutil.copy2(file, copy)
        described = json.loads((copy / "profile.json").read_text("utf-8"))
        (copy / "profile.json").write_text(json.dumps({**described, **profile}, indent=1) + "\n", "utf-8")
        (copy / MANIFEST).unlink(missing_ok=True)
        write_manifest(copy, [path.name for path in copy.iterdir()])
        yield copy


def weights_hash(folder: Path) -> str:
    """Return the SHA-256 of the model's weights, as its manifest has it."""
    return str(read_manifest(folder)["openvino_model.bin"]["sha256"])
