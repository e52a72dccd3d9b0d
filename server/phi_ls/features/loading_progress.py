"""$/progress while a model is loaded, with its stages, for clients that show work-done progress."""

from __future__ import annotations

import asyncio
import itertools
import logging
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from phi_ls.messages.provided import provided
from phi_ls.messages.text import say
from phi_providers.models.installed import BUILTIN

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer
    from phi_providers.messages import Load

log = logging.getLogger(__name__)


def register(server: PhiLanguageServer) -> None:
    """Watch the pool; nothing is sent to a client that has not announced `window.workDoneProgress`."""
    server.on_change.append(_LoadingProgress(server).changed)


class _LoadingProgress:
    """At most one progress at a time: one model on one device, from its first stage to its last."""

    def __init__(self, server: PhiLanguageServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._token: str | None = None
        self._order: Load | None = None
        self._stage = ""
        self._begun = False
        self._tasks: set[asyncio.Task[None]] = set()

    def changed(self) -> None:
        """A worker may have entered another stage."""
        window = self._server.client_capabilities.window
        if not (window and window.work_done_progress):
            return
        workers = self._server.session.pool.status().workers
        # One that is shown is shown to its end, whoever else begins to load meanwhile.
        loads = sorted((worker for worker in workers if worker.stage), key=lambda worker: worker.order != self._order)
        loading = loads[0] if loads else None
        if self._token is not None and (loading is None or loading.order != self._order):
            ready = any(worker.order == self._order and worker.profile for worker in workers)
            self._end(say("ready") if ready else say("not loaded"))
        if loading is None:
            return
        if self._token is None:
            self._order, self._stage = loading.order, loading.stage
            self._begin(say("phi-ls: loading {model} on {device}", model=loading.model, device=loading.device))
        elif loading.stage != self._stage:
            self._stage = loading.stage
            if self._begun:
                self._send(types.WorkDoneProgressReport(message=provided(loading.stage)))

    def _begin(self, title: str) -> None:
        self._token = f"phi-ls/loading/{next(self._numbers)}"
        task = asyncio.get_running_loop().create_task(self._create(self._token, title))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _create(self, token: str, title: str) -> None:
        """Ask for the token, then begin; the model may be ready before the client has answered."""
        try:
            await self._server.window_work_done_progress_create_async(types.WorkDoneProgressCreateParams(token))
        except JsonRpcException as exc:
            log.info("the editor wants no progress: %s", exc.message)
            return
        if token == self._token:
            cancellable = self._order is not None and self._order.model.path != str(BUILTIN)
            if cancellable:
                wanted: Future[None] = Future()
                wanted.add_done_callback(self._cancelled)
                self._server.work_done_progress.tokens[token] = wanted
            self._send(types.WorkDoneProgressBegin(title=title, message=provided(self._stage), cancellable=cancellable))
            self._begun = True

    def _cancelled(self, wanted: Future[None]) -> None:
        """The user will not wait for this model: the built-in one answers until the settings or the model change."""
        if wanted.cancelled() and self._token is not None:
            self._end(say("cancelled; the built-in model answers until a model is selected"))
            session = self._server.session
            settings = replace(session.settings, model="auto", model_path=None, engine="auto")
            task = asyncio.get_running_loop().create_task(session.configure(settings))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _end(self, message: str) -> None:
        if self._begun:
            self._send(types.WorkDoneProgressEnd(message=message))
        if self._token is not None:
            self._server.work_done_progress.tokens.pop(self._token, None)
        self._token, self._begun = None, False

    def _send(self, value: object) -> None:
        if self._token is not None:
            self._server.progress(types.ProgressParams(token=self._token, value=value))
