"""The folder of installed models: what is in it, who may change it, and how a model appears and goes in one step.

A model is a folder named by its id. What is being fetched lies below `.fetching`, out of everybody's sight.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from phi_providers.file_lock import lock_when_free
from phi_providers.hub.failures import PullFailed
from phi_providers.models.manifest import MANIFEST, ModelError, checked_name, read_manifest

FETCHING, LOCKS, PINS = ".fetching", ".locks", ".pins"
FETCHED, MADE = "@", "="
"""Between a model's id and the commit, or the key of a conversion: Optimum takes what follows an @ for a revision."""

SOURCE = "source.json"
"""In an installed model's folder: where it came from."""

COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an installed model came from."""

    id: str
    repository: str
    folder: str
    revision: str
    """The commit."""
    endpoint: str
    license: str


@dataclass(frozen=True, kw_only=True)
class InstalledModel:
    """A model in the folder of installed models."""

    id: str
    path: Path
    size: int
    """Bytes of its files, by its manifest."""
    files: tuple[str, ...]
    source: Source | None
    """None for a model that was made on this machine."""


def folder_of(root: Path, model_id: str) -> Path:
    """Return where a model of this id is installed, whether it is or not; raises ModelError for what is no id."""
    return root / checked_name(model_id)


def find_installed(root: Path, model_id: str) -> InstalledModel | None:
    """Return an installed model; None where there is none. Raises ModelError when its manifest cannot be read."""
    folder = folder_of(root, model_id)
    if not (folder / MANIFEST).is_file():
        return None
    files = read_manifest(folder)
    size = sum(facts["size"] for facts in files.values())
    return InstalledModel(id=model_id, path=folder, size=size, files=tuple(files), source=read_source(folder))


def list_installed(root: Path) -> list[InstalledModel]:
    """Return all installed models whose manifest can be read."""
    found = []
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if not folder.name.startswith("."):
            with contextlib.suppress(ModelError):
                found.append(find_installed(root, folder.name))
    return [model for model in found if model is not None]


def read_source(folder: Path) -> Source | None:
    """Return where the model in a folder came from, as it was written down."""
    try:
        return Source(**json.loads((folder / SOURCE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_source(folder: Path, source: Source) -> None:
    """Write down where the model in a folder came from."""
    (folder / SOURCE).write_text(json.dumps(asdict(source), indent=1) + "\n", "utf-8", newline="\n")


@contextlib.contextmanager
def held(root: Path, model_id: str, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Be the only process that changes a model; calls `waiting` once if another one does at the moment."""
    file = root / LOCKS / checked_name(model_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as stream:
        lock_when_free(stream, waiting)
        yield


def staging(root: Path, model_id: str, commit: str, mark: str = FETCHED) -> Path:
    """Return the folder that a model at this commit is put together in; what was begun of other commits is removed."""
    if not COMMIT.fullmatch(commit):
        raise PullFailed(f"{commit[:60]!r} is no commit")
    folder = root / FETCHING / f"{checked_name(model_id)}{mark}{commit}"
    for other in begun(root, model_id):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def begun_bytes(root: Path, model_id: str) -> int:
    """Return how much of a model has been fetched or made, and not installed."""
    files = [file for folder in begun(root, model_id) for file in folder.rglob("*")]
    return sum(file.stat().st_size for file in files if file.is_file())


def swap_in(root: Path, model_id: str, ready: Path) -> Path:
    """Put a finished folder in the place of the model; the one before goes. Raises PullFailed, and then it stays."""
    target = folder_of(root, model_id)
    try:
        with _moved_away(root, model_id):
            ready.rename(target)
    except OSError as exc:
        raise PullFailed(
            f"{target} cannot be replaced ({exc.strerror}); close the editors that use the model and try again"
        ) from exc
    return target


def remove(root: Path, model_id: str) -> int:
    """Remove a model and whatever was begun of it; returns how many bytes. Raises PullFailed where it is in use."""
    with held(root, model_id):
        folder = folder_of(root, model_id)
        freed = begun_bytes(root, model_id)
        freed += sum(file.stat().st_size for file in folder.iterdir()) if folder.is_dir() else 0
        try:
            with _moved_away(root, model_id):
                pass
        except OSError as exc:
            raise PullFailed(f"{folder} cannot be removed ({exc.strerror}); close the editors that use it") from exc
        for rest in begun(root, model_id):
            shutil.rmtree(rest, ignore_errors=True)
        return freed


@contextlib.contextmanager
def _moved_away(root: Path, model_id: str) -> Iterator[None]:
    """Take the installed model out of sight, and remove it at the end; back it goes if what is done meanwhile fails."""
    target, away = folder_of(root, model_id), root / FETCHING / f"{model_id}@old"
    away.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(away, ignore_errors=True)
    there = target.exists()
    try:
        if there:
            target.rename(away)
        yield
    except BaseException:  # Ctrl-C comes here, too
        if there and not target.exists():
            away.rename(target)
        raise
    shutil.rmtree(away, ignore_errors=True)


def begun(root: Path, model_id: str) -> list[Path]:
    """Return the folders of what was fetched of a model and not installed, or not removed to the end."""
    place = root / FETCHING
    return sorted(place.glob(f"{checked_name(model_id)}[{FETCHED}{MADE}]*")) if place.is_dir() else []
