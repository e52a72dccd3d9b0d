"""Runs a conversion tool to its end, passing on what it says; it never outlives us."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from phi_providers.environments.pip import cause
from phi_providers.environments.watch import NotStarted, follow
from phi_providers.export import program
from phi_providers.export.failures import ExportFailed

SILENCE_S = 3600.0
"""Longer than the largest original takes to be read from a slow disk, of which nothing is seen."""

OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
STRANGE = ("PYTHON", "VIRTUAL_ENV", "HF_", "HUGGING", "TRANSFORMERS_")
"""How the variables begin that a tool must not see: they would change its packages, or hand it a token."""

SCRATCH = "scratch"

KILLED = (-9, 137)


def run_tool(python: str, module: str, arguments: Sequence[str], folder: Path, say: Callable[[str], None]) -> None:
    """Run a module of an isolated environment in `folder`, where all temporary files go below `SCRATCH`.

    Raises ExportFailed with the tool's last words. Whatever ends this call, the tool and its children have ended too.
    """
    (folder / SCRATCH).mkdir(exist_ok=True)
    command = [python, "-I", "-X", "utf8", program.__file__, module, *arguments]
    try:
        ended = follow(command, folder, environment(folder / SCRATCH), say, stdin=subprocess.PIPE, silence_s=SILENCE_S)
    except NotStarted as exc:
        raise ExportFailed(str(exc)) from exc
    if ended.stuck:
        raise ExportFailed(f"the conversion was ended: nothing came of it for {SILENCE_S / 60:.0f} minutes")
    if ended.code in KILLED:
        raise ExportFailed("the system has ended the conversion, most likely for want of memory; close programs")
    if ended.code:
        raise ExportFailed(f"the conversion failed: {cause(ended.tail)}")


def environment(scratch: Path) -> dict[str, str]:
    """Return the variables of a tool: the user's, without what would change its packages or open a connection."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(STRANGE)}
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HF_HOME"), str(scratch))
    return {**kept, **OFFLINE, **places}
