"""window/showMessageRequest, once for each user: the built-in model answers, is a better one to be fetched?"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from phi_ls import folders
from phi_ls.messages.sizes import size_of
from phi_ls.messages.text import Text, say
from phi_ls.models.known import catalogue
from phi_ls.models.machine import this_machine
from phi_providers.catalogue.choice import choose, needed_bytes
from phi_providers.catalogue.entries import Entry
from phi_providers.hub.place import list_installed
from phi_providers.messages import Urgency
from phi_providers.models.installed import BUILTIN
from phi_providers.models.manifest import ModelError

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

log = logging.getLogger(__name__)

MARK = "model-offered"
"""A file in the state folder: this user has been asked."""

DECLINE = say("Not now")


def register(server: PhiLanguageServer) -> None:
    """Watch the pool: the question is asked when the built-in model has been loaded."""
    offer = _Offer(server)
    server.on_change.append(offer.changed)
    server.on_close.append(offer.close)


async def ask(server: PhiLanguageServer, entry: Entry) -> None:
    """Ask whether to fetch a model, with its size and licence, and fetch it on yes; nothing for clients that can't."""
    window = server.client_capabilities.window
    if not (window and window.show_message):
        return
    size = size_of(entry.variant.size_bytes)
    accept = server.catalogue.text(say("Fetch {size} ({licence})", size=size, licence=entry.model.license))
    actions = [types.MessageActionItem(accept), types.MessageActionItem(DECLINE)]
    params = types.ShowMessageRequestParams(type=types.MessageType.Info, message=question(entry), actions=actions)
    try:
        answer = await server.window_show_message_request_async(params)
    except JsonRpcException as exc:
        log.info("the editor did not ask: %s", exc.message)
        return
    if answer is not None and answer.title == accept:
        server.fetching.start(entry)


def question(entry: Entry) -> Text:
    """Return what the user is asked."""
    model, variant = entry.model, entry.variant
    return say(
        "phi-ls: fetch {title} ({precision}, {size}, licence {licence}, from {repository})? "
        "It takes {memory} of memory.",
        title=model.title,
        precision=variant.precision,
        size=size_of(variant.size_bytes),
        licence=model.license + (f" ({model.license_url})" if model.license_url else ""),
        repository=variant.repository,
        memory=size_of(needed_bytes(entry)),
    )


class _Offer:
    """Asks at most once in this server's life, and in the user's."""

    def __init__(self, server: PhiLanguageServer) -> None:
        self._server = server
        self._task: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """A model may have been loaded."""
        if self._task is None and self._has_reason():
            self._task = asyncio.get_running_loop().create_task(self._ask(), name="offering a model")

    def close(self) -> None:
        """The server ends."""
        if self._task is not None:
            self._task.cancel()

    def _has_reason(self) -> bool:
        """Whether the built-in model answers although the user has named none, on a client that can ask."""
        pool, settings, window = (
            self._server.session.pool,
            self._server.session.settings,
            self._server.client_capabilities.window,
        )
        free = settings.offer_model and settings.model == "auto" and settings.model_path is None
        profile, model = pool.profile_for(Urgency.ASKED), pool.model_for(Urgency.ASKED)
        loaded = profile is not None and model is not None and model.path == str(BUILTIN)
        return bool(free and loaded and window and window.show_message)

    async def _ask(self) -> None:
        entry = await asyncio.to_thread(_best)
        if entry is not None and self._has_reason():
            await ask(self._server, entry)


def _best() -> Entry | None:
    """Return what suits this machine best, the first time that anybody asks; takes seconds then."""
    try:
        if list_installed(folders.models_dir()) or not _first():
            return None
        return choose(catalogue().models[0], this_machine())
    except (ModelError, OSError) as exc:
        log.info("no model is offered: %s", exc)
        return None


def _first() -> bool:
    """Leave the mark; returns whether it was not there. Two servers that start at once ask once."""
    try:
        (folders.private_dir(folders.state_dir()) / MARK).touch(0o600, exist_ok=False)
    except FileExistsError:
        return False
    return True
