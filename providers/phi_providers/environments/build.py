"""Makes an isolated environment step by step, so that an interrupted one is mended and not begun anew.

The steps that have ended are in a journal. The one that was interrupted starts over: what it had installed stays, and
what it had downloaded is in pip's cache, if the package index allows that.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from phi_providers.environments.kept import (
    READY,
    State,
    drop_unfinished,
    folder_of,
    interpreter,
    python_of,
    remove,
    seal,
    size_of,
    state,
)
from phi_providers.environments.lock import locked
from phi_providers.environments.pip import TEMPORARY, Progress, pip_for, run
from phi_providers.environments.python import find_python
from phi_providers.environments.recipes import EnvironmentFailed, Recipe
from phi_providers.environments.source import compile_source

JOURNAL = "journal.json"
MEGABYTE = 1024 * 1024


def build(root: Path, recipe: Recipe, progress: Progress) -> str:
    """Make or mend the environment below `root`; return its interpreter. Raises EnvironmentFailed.

    Environments of older recipes for the same engine are removed at the end; one that is in use stays until the next
    time. While another process makes the same one, it waits.
    """
    folder = folder_of(root, recipe)

    def wait() -> None:
        progress("another process is making this environment; waiting for it")

    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root / f"{folder.name}.lock", wait):
            _build(folder, recipe, progress)
    except OSError as exc:
        raise EnvironmentFailed(f"{folder} cannot be written: {exc.strerror or exc}") from exc
    try:
        remove(root, recipe.engine, keep=folder)
    except EnvironmentFailed as exc:
        progress(f"an older one stays until the next time: {exc}")
    return interpreter(root, recipe)


def _build(folder: Path, recipe: Recipe, progress: Progress) -> None:
    if state(folder) is State.READY:
        progress("checking the environment that is there")
        with contextlib.suppress(EnvironmentFailed):
            _probe(folder, recipe, progress)
            return
        progress("it is damaged and is made anew")
        _clear(folder)
    elif state(folder) is State.BROKEN:
        progress("mending what an earlier attempt left")
        if (folder / READY).exists():  # it was whole once; nothing tells what of it is gone
            _clear(folder)
    _check_space(folder, recipe)
    _Builder(folder, recipe, progress).build()


class _Builder:
    def __init__(self, folder: Path, recipe: Recipe, progress: Progress) -> None:
        self._folder = folder
        self._recipe = recipe
        self._progress = progress
        self._python = python_of(folder)

    def build(self) -> None:
        """Do the steps that have not been done."""
        base = find_python(self._recipe)
        self._folder.mkdir(exist_ok=True)
        self._tidy()
        with self._step("python") as needed:
            if needed:
                self._progress(f"making an environment with Python from {base}")
                venv: list[str | Path] = [base, "-I", "-m", "venv", "--clear", "--without-pip", self._folder]
                run(venv, self._folder, "making it", self._progress)
        for batch in self._recipe.batches:
            with self._step(" ".join(batch)) as needed:
                if needed:
                    self._install(batch)
        if self._recipe.source:
            with self._step("source") as needed:
                if needed:
                    compile_source(self._folder, self._recipe.source, self._progress)
        _probe(self._folder, self._recipe, self._progress)
        seal(self._folder)

    def _tidy(self) -> None:
        """Take away what a killed attempt left half done."""
        if not os.access(self._python, os.X_OK):
            _clear(self._folder)
        for left in self._folder.glob(f"{TEMPORARY}*"):
            shutil.rmtree(left)
        drop_unfinished(self._folder)

    def _install(self, batch: tuple[str, ...]) -> None:
        self._progress(f"installing {self._recipe.title}: {' '.join(item for item in batch if '==' in item)}")
        # What another batch pins must not be there in another version already.
        pins = self._folder / "pins.txt"
        pinned = [item for item in self._recipe.requirements if "==" in item and item not in batch]
        pins.write_text("\n".join(pinned), "utf-8")
        install = [*pip_for(self._python, self._progress), "install", "--constraint", pins, *batch]
        run(install, self._folder, "installing its packages", self._progress)

    @contextlib.contextmanager
    def _step(self, name: str) -> Iterator[bool]:
        """Give whether the step must be done, and note that it has been."""
        journal = self._folder / JOURNAL
        try:
            done = list(json.loads(journal.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            done = []
        needed = name not in done
        yield needed
        if needed:
            journal.write_text(json.dumps([*done, name]), "utf-8")


def _probe(folder: Path, recipe: Recipe, progress: Progress) -> None:
    progress(f"trying it: import {', '.join(recipe.probe)}")
    program = "import importlib, sys\nsys.modules['openvino_telemetry'] = None\n"
    program += f"for name in {list(recipe.probe)!r}: importlib.import_module(name)"
    run([python_of(folder), "-I", "-c", program], folder, "trying it", progress)


def _check_space(folder: Path, recipe: Recipe) -> None:
    there = size_of(folder)
    free = (shutil.disk_usage(folder.parent).free + there) // MEGABYTE
    if free < recipe.megabytes:
        mine = f", {there // MEGABYTE} MB of an earlier attempt included" if there else ""
        raise EnvironmentFailed(
            f"{recipe.title} needs up to {recipe.megabytes} MB while it is made, {folder.parent} has {free} MB free"
            f"{mine}; make room and try again"
        )


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
