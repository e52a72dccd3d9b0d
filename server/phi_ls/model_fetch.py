"""Fetches a model by `phi-ls models pull` in a process of its own: this one opens no connections."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import phi_ls
from phi_ls import folders
from phi_ls.messages.text import say
from phi_providers.hub.place import begun_bytes
from phi_providers.hub.progress import Stage
from phi_providers.models.manifest import ModelError

LOOK_S = 1.0
"""Between two looks at how much has been fetched."""

LONGEST_WORDS = 300
STAGES = {stage.value for stage in Stage}
PACKAGES = Path(phi_ls.__file__).resolve().parent.parent

OnStage = Callable[[str, int], None]
"""Takes the stage, and how many bytes have been fetched."""


async def fetch(model_id: str, on_stage: OnStage) -> None:
    """Fetch, check and install a model; raises ModelError with what the command said. Cancelled, it ends the child.

    What has been fetched then is kept, and the next fetch goes on from there.
    """
    command = [sys.executable, "-m", "phi_ls", "models", "pull", model_id, "--yes", "--no-use", "--json"]
    places = {"PHI_LS_DATA_DIR": str(folders.data_dir()), "PHI_LS_CONFIG": str(folders.config_file())}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,  # ours belongs to the editor
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **places},
            # `-m` searches the working directory first: in the user's workspace that would run the workspace's code.
            cwd=PACKAGES,
        )
    except OSError as exc:
        cause = exc.strerror or str(exc)
        raise ModelError(say("{model} could not be fetched: {cause}", model=model_id, cause=cause)) from exc
    try:
        said = await _follow(process, model_id, on_stage)
        code = await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if code:
        ended = say("`phi-ls models pull {model}` ended with exit code {code}", model=model_id, code=code)
        raise ModelError(said or ended)


async def _follow(process: asyncio.subprocess.Process, model_id: str, on_stage: OnStage) -> str:
    """Report stages until the process has said all, and return its last words."""
    if process.stderr is None:
        raise AssertionError("unreachable")
    stage, said = "", ""
    while True:
        try:
            line = await asyncio.wait_for(process.stderr.readline(), LOOK_S)
        except asyncio.TimeoutError:
            if stage == Stage.DOWNLOAD.value:
                on_stage(stage, await asyncio.to_thread(_begun, model_id))
            continue
        if not line:
            return said
        text = line.decode("utf-8", "replace").strip()
        if text in STAGES:
            stage = text
            on_stage(stage, 0)
        else:
            said = text[:LONGEST_WORDS] or said


def _begun(model_id: str) -> int:
    try:
        return begun_bytes(folders.models_dir(), model_id)
    except OSError:  # a file has just been renamed
        return 0
