"""$/progress while a model is fetched at the user's wish, from download to verify; then it answers."""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from phi_ls.features.model_change import take_up
from phi_ls.messages.provided import provided
from phi_ls.messages.text import cause_of, say
from phi_ls.model_fetch import fetch
from phi_providers.catalogue.entries import Entry
from phi_providers.models.manifest import ModelError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from phi_ls.server import PhiLanguageServer

log = logging.getLogger(__name__)


class Fetching:
    """One model at a time."""

    def __init__(self, server: PhiLanguageServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._task: asyncio.Task[None] | None = None
        self.model = ""
        """The id of the model that is being fetched; empty: none is."""
        server.on_close.append(self._cancel)

    def start(self, entry: Entry) -> None:
        """Fetch a model in the background, unless one is being fetched."""
        if not self.model:
            self.model = entry.id
            self._task = asyncio.get_running_loop().create_task(self._run(entry), name="fetching a model")
            self._task.add_done_callback(self._over)

    async def _run(self, entry: Entry) -> None:
        token = await self._begin(entry)
        said = say("cancelled; the next fetch goes on from here")
        try:
            await fetch(entry.id, lambda stage, done: self._report(token, stage, done, entry.variant.size_bytes))
            await take_up(self._server, entry.id)
            said = say("{model} is installed", model=entry.id)
        except (ModelError, OSError) as exc:
            cause = cause_of(exc)
            said = say("not fetched: {cause}", cause=cause)
            message = say("phi-ls: {model} was not fetched: {cause}", model=entry.id, cause=cause)
            self._server.window_show_message(types.ShowMessageParams(type=types.MessageType.Error, message=message))
        finally:
            if token:
                self._server.work_done_progress.end(token, types.WorkDoneProgressEnd(message=said))
                self._server.work_done_progress.tokens.pop(token, None)

    async def _begin(self, entry: Entry) -> str:
        """Return the token under which progress is shown; empty where the client shows none."""
        window = self._server.client_capabilities.window
        if not (window and window.work_done_progress):
            return ""
        token, progress = f"phi-ls/fetching/{next(self._numbers)}", self._server.work_done_progress
        try:
            await progress.create_async(token)
        except JsonRpcException as exc:
            log.info("the editor wants no progress: %s", exc.message)
            return ""
        title = say("phi-ls: fetching {model}", model=entry.id)
        progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))
        progress.tokens[token].add_done_callback(self._wanted_no_more)
        return token

    def _report(self, token: str, stage: str, done: int, size: int) -> None:
        if token:
            percentage = min(100, 100 * done // max(size, 1)) if done else None
            report = types.WorkDoneProgressReport(message=provided(stage), percentage=percentage)
            self._server.work_done_progress.report(token, report)

    def _wanted_no_more(self, future: Future[None]) -> None:
        if future.cancelled():
            self._cancel()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _over(self, task: asyncio.Task[None]) -> None:
        self.model = ""
        if not task.cancelled() and (exc := task.exception()) is not None:
            log.error("fetching a model failed: %s", type(exc).__name__)
