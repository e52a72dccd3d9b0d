"""Makes an isolated environment step by step, so that an interrupted one is mended and not begun anew.

The steps that have ended are in a journal. pip writes a package's record last, but a killed pip may leave a package
half replaced: the step that was interrupted starts over, and finds in pip's cache what had been downloaded.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from phi_providers.environments.kept import READY, State, folder_of, interpreter, python_of, remove, seal, state
from phi_providers.environments.lock import locked
from phi_providers.environments.pip import Progress, pip_for, run
from phi_providers.environments.python import find_python
from phi_providers.environments.recipes import EnvironmentFailed, Recipe
from phi_providers.environments.source import compile_source

JOURNAL = "journal.json"
MEGABYTE = 1024 * 1024


def build(root: Path, recipe: Recipe, progress: Progress) -> str:
    """Make or mend the environment below `root`; return its interpreter. Raises EnvironmentFailed.

    Environments of older recipes for the same engine are removed at the end.
    """
    folder = folder_of(root, recipe)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root / f"{folder.name}.lock"):
            _build(folder, recipe, progress)
    except OSError as exc:
        raise EnvironmentFailed(f"{folder} cannot be written: {exc.strerror or exc}") from exc
    remove(root, recipe.engine, keep=folder)
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
    _check_space(folder.parent, recipe)
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
        with self._step("packages") as needed:
            if needed:
                self._install(base)
        if self._recipe.source:
            with self._step("source") as needed:
                if needed:
                    compile_source(self._folder, self._recipe.source, self._progress)
        _probe(self._folder, self._recipe, self._progress)
        seal(self._folder)

    def _install(self, base: str) -> None:
        self._progress(f"making an environment with Python from {base}")
        venv: list[str | Path] = [base, "-I", "-m", "venv", "--clear", "--without-pip", self._folder]
        run(venv, self._folder.parent, "making it", self._progress)
        self._progress(f"installing {self._recipe.title}, up to {self._recipe.megabytes} MB on disk")
        pip = pip_for(self._python, self._progress)
        run([*pip, "install", *self._recipe.requirements], self._folder, "installing its packages", self._progress)

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


def _check_space(root: Path, recipe: Recipe) -> None:
    free = shutil.disk_usage(root).free // MEGABYTE
    if free < recipe.megabytes:
        raise EnvironmentFailed(
            f"{recipe.title} needs up to {recipe.megabytes} MB, {root} has {free} MB free; make room and try again"
        )


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
