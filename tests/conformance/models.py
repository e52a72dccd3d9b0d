"""The built-in model in the forms that the engines take, all with the very same weights."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from phi_providers.messages import ModelInfo
from phi_providers.models.builtin_forms import form_of_builtin


def make(engine: str, folder: Path, model: ModelInfo) -> ModelInfo:
    """Put the model into a new folder, in an engine's form and with the tokenizer that lies in `model`'s folder."""
    shutil.copytree(form_of_builtin(engine, folder.parent / "forms"), folder)
    # A manifest would say that the tokenizer is another one; a folder that has none is the user's own.
    for name in ("manifest.json", "profile.json"):
        (folder / name).unlink(missing_ok=True)
    shutil.copyfile(Path(model.path) / "tokenizer.json", folder / "tokenizer.json")
    # A server ends its answers at these, and there is no other way to tell it.
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": list(model.stop_ids)}), "utf-8")
    return replace(model, path=str(folder))
