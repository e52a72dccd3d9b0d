"""`phi-ls models verify`: whether installed models are still what was installed."""

from __future__ import annotations

import json
from typing import Any

from phi_ls import folders
from phi_ls.models.known import builtin, find_model
from phi_ls.terminal import output
from phi_ls.terminal.ending import DONE, FAILED
from phi_providers.hub.place import InstalledModel
from phi_providers.hub.thorough import verify_thoroughly
from phi_providers.models.manifest import ModelError


def run(model_id: str | None, *, as_json: bool) -> int:
    """Check one model, or all; returns the exit code."""
    try:
        names = [model_id] if model_id else _all()
        results = [_checked(name, as_json=as_json) for name in names]
    except OSError as exc:
        output.note(str(exc))
        return FAILED
    if as_json:
        output.write(json.dumps(results) + "\n")
    return DONE if all(result["ok"] for result in results) else FAILED


def _all() -> list[str]:
    # By their folders: a model whose manifest cannot be read is damaged, too.
    root = folders.models_dir()
    here = sorted(folder.name for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else []
    return [builtin().id, *(name for name in here if not name.startswith("."))]


def _checked(model_id: str, *, as_json: bool) -> dict[str, Any]:
    try:
        model: InstalledModel = find_model(model_id)
        count = verify_thoroughly(model.path)
        problem = ""
    except ModelError as exc:
        count, problem = 0, str(exc)
    if not as_json:
        output.write("" if problem else f"{model_id}: {count} files are what was installed\n")
        if problem:
            output.note(f"{model_id}: {problem}")
    return {"id": model_id, "ok": not problem, "problem": problem, "files": count}
