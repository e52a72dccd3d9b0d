"""`phi-ls models use`: makes a model the one that answers."""

from __future__ import annotations

from phi_ls import folders
from phi_ls.models.choosing import choose
from phi_ls.terminal.ending import ended


def run(model_id: str, *, as_json: bool) -> int:
    """Write the choice into the user's settings; returns the exit code."""

    def work() -> object:
        said = choose(model_id)
        return {"id": model_id, "settings": str(folders.config_file())} if as_json else said

    return ended(work, as_json=as_json)
