"""The isolated environments that tests need: made by the product's own builder, whole before the first test, and kept.

`python -m environments.prepared` makes those that are missing. Each lies in a folder named after the hash of what is
in it, so that a changed recipe is a new environment and everything else is found again.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import platformdirs

from phi_providers.environments import kept
from phi_providers.environments.build import build
from phi_providers.environments.recipes import EnvironmentFailed, Recipe, recipe

ENVIRONMENTS = "PHI_LS_TEST_ENVIRONMENTS"
"""Names the folder that holds the environments; by default it is in the user's cache."""

NAMES = ("npu_library", "transformers", "serving", "openvino-export", "onnx-builder")

TOGETHER = 2
"""How many are made at a time: pip and the compiler keep one core busy each, and wait for the network in between."""

LEAST_MEGABYTES = 2600
"""What the largest takes where PyTorch comes without CUDA; where it does not, pip says that the disk is full."""


def root() -> Path:
    """Return the folder that holds the environments."""
    named = os.environ.get(ENVIRONMENTS)
    cache = platformdirs.user_cache_path("phi-ls-tests", appauthor=False)
    return Path(named).absolute() if named else cache / "environments"


def serving() -> Recipe:
    """Return what `transformers serve` needs besides the environment `transformers`, which is the user's to the letter.

    Without dependencies, because all others are in that environment; one of them would be a second PyTorch.
    """
    pins = ("accelerate==1.15.0", "fastapi==0.165.0", "jiter==0.19.0", "openai==3.54.0", "opentelemetry-api==1.45.2")
    more = ("psutil==7.2.2", "sniffio==1.3.1", "starlette==1.10.0", "uvicorn==0.54.0")
    return Recipe(
        engine="serving",
        title="transformers serve",
        python=recipe("transformers").python,
        megabytes=200,
        requirements=("--no-deps", *pins, *more),
        probe=("jiter", "psutil"),
    )


def needed(name: str) -> Recipe:
    """Return what is in an environment; raises EnvironmentFailed."""
    return serving() if name == "serving" else replace(recipe(name), megabytes=LEAST_MEGABYTES)


def interpreter(name: str) -> str:
    """Return the interpreter of an environment that is there."""
    python = kept.interpreter(root(), needed(name))
    assert python, f"the environment {name} is not there: run `make test-engines`, which makes it"
    return python


def packages(name: str) -> Path:
    """Return the folder of an environment's packages."""
    return kept.site_packages(Path(interpreter(name)).parents[1])


def prepare(name: str, tell: Callable[[str], None]) -> str:
    """Make one that is missing; return what went wrong."""
    try:
        each = needed(name)
        if kept.interpreter(root(), each):
            tell("is there")
            return ""
        build(root(), each, tell)
    except EnvironmentFailed as exc:
        tell(f"FAILED: {exc}")
        return f"{name}: {exc}"
    tell(f"is made, {kept.size_of(kept.folder_of(root(), each)) // 10**6} MB")
    return ""


def main() -> int:
    """Make what is missing, telling what happens; return the exit code."""
    begun = time.monotonic()

    def tell(name: str, line: str) -> None:
        print(f"{time.monotonic() - begun:5.0f} s  {name:15}  {line}", flush=True)

    print(f"environments of engines, in {root()}", flush=True)
    with ThreadPoolExecutor(TOGETHER) as threads:
        tasks = [threads.submit(prepare, name, functools.partial(tell, name)) for name in NAMES]
    failed = [failure for task in tasks if (failure := task.result())]
    for failure in failed:
        print(failure, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
