"""`phi-ls models path`: where models lie."""

from __future__ import annotations

from phi_ls import folders
from phi_ls.models.known import find_model
from phi_ls.terminal.ending import ended


def run(model_id: str | None, *, as_json: bool) -> int:
    """Print the folder of a model, or of all; returns the exit code."""

    def work() -> object:
        path = str(find_model(model_id).path if model_id else folders.models_dir())
        return {"id": model_id or "", "path": path} if as_json else path

    return ended(work, as_json=as_json)
