"""`phi-ls models remove`: gives the disk back."""

from __future__ import annotations

from phi_ls import folders
from phi_ls.models.choosing import current
from phi_ls.terminal.ending import ended
from phi_providers.hub.place import begun_bytes, folder_of, remove
from phi_providers.models import installed
from phi_providers.models.manifest import ModelError
from phi_providers.sizes import GIGABYTE


def run(model_id: str, *, as_json: bool) -> int:
    """Remove a model; returns the exit code."""

    def work() -> object:
        freed = _remove(model_id)
        after = "; your settings still name it, the built-in model answers" if current() == model_id else ""
        return {"id": model_id, "freed_bytes": freed} if as_json else f"{freed / GIGABYTE:.2f} GB are free again{after}"

    return ended(work, as_json=as_json)


def _remove(model_id: str) -> int:
    root = folders.models_dir()
    if model_id == installed.builtin().id:
        raise ModelError(f"'{model_id}' is part of phi-ls; it goes with it")
    if not folder_of(root, model_id).is_dir() and not begun_bytes(root, model_id):
        raise ModelError(f"'{model_id}' is not installed")
    return remove(root, model_id)
