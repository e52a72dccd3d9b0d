"""Finds a Python of a version that an environment's packages exist for."""

from __future__ import annotations

import shutil
import subprocess
import sys

from phi_providers.environments.recipes import EnvironmentFailed, Recipe

PROBE_TIMEOUT_S = 20.0


def find_python(recipe: Recipe) -> str:
    """Return an interpreter of a version that the recipe's packages exist for; raises EnvironmentFailed."""
    for version in sorted(recipe.python, key=lambda version: version != _ours()):
        for command in _commands(version):
            if _version(command) == version:
                return command[0] if len(command) == 1 else _path(command)
    versions = " or ".join(sorted(recipe.python))
    raise EnvironmentFailed(f"{recipe.title} needs Python {versions}; install one from python.org or your system")


def _ours() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _commands(version: str) -> list[list[str]]:
    ours = [[sys.executable]] if version == _ours() else []
    launcher = shutil.which("py") if sys.platform == "win32" else None
    found = shutil.which(f"python{version}")
    return ours + ([[launcher, f"-{version}"]] if launcher else []) + ([[found]] if found else [])


def _version(command: list[str]) -> str:
    return _ask(command, "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])")


def _path(command: list[str]) -> str:
    return _ask(command, "import sys; print(sys.executable)")


def _ask(command: list[str], program: str) -> str:
    try:
        done = subprocess.run(
            [*command, "-I", "-c", program],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
