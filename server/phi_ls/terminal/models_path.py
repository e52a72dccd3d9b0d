"""`phi-ls models path`: where models lie."""

from __future__ import annotations

from phi_ls.terminal.models_places import ended, find_model, models_dir


def run(model_id: str | None, *, as_json: bool) -> int:
    """Print the folder of a model, or of all; returns the exit code."""

    def work() -> object:
        path = str(find_model(model_id).path if model_id else models_dir())
        return {"id": model_id or "", "path": path} if as_json else path

    return ended(work, as_json=as_json)
