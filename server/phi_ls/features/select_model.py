"""workspace/executeCommand phi-ls.selectModel: which models there are, and which one is to answer."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from phi_ls.features.arguments import as_object
from phi_ls.features.model_change import take_up
from phi_ls.features.model_offer import ask
from phi_ls.messages.text import cause_of, say
from phi_ls.models.known import catalogue
from phi_ls.models.listing import models
from phi_ls.protocol import RequestFailed
from phi_providers.models.manifest import ModelError

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

log = logging.getLogger(__name__)


def register(server: PhiLanguageServer) -> None:
    """Register the command."""

    @server.command("phi-ls.selectModel")
    async def select_model(*arguments: Any) -> dict[str, Any]:
        model_id = as_object(arguments).get("model")
        if model_id is not None and not isinstance(model_id, str):
            raise JsonRpcInvalidParams("'model' must be a string")
        try:
            if model_id is not None:
                await _select(server, model_id)
            rows = await asyncio.to_thread(_models)
        except (ModelError, OSError) as exc:
            raise RequestFailed(cause_of(exc)) from exc
        return {"selected": server.session.settings.model, "fetching": server.fetching.model, "models": rows}


async def _select(server: PhiLanguageServer, model_id: str) -> None:
    """Have an installed model answer, or ask whether to fetch one that is listed; raises ModelError."""
    known = {row["id"]: row["installed"] for row in await asyncio.to_thread(_models)}
    if known.get(model_id, True):
        await take_up(server, model_id)
        return
    window = server.client_capabilities.window
    if not (window and window.show_message):
        raise ModelError(say("{model} is not installed; `phi-ls models pull {model}` fetches it", model=model_id))
    await ask(server, catalogue().entry(model_id))


def _models() -> list[dict[str, Any]]:
    """Return all models, as `phi-ls models list --json` prints them."""
    return models(catalogue(), log.warning)
