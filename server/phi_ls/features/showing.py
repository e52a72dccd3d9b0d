"""Explanations for clients that drop the results of commands: a temporary Markdown file, else a message."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from phi_ls import folders
from phi_ls.markdown import plain_text
from phi_ls.markdown_text import code_span

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

log = logging.getLogger(__name__)

EXPERIMENTAL = "phi-ls"
"""In a client's `experimental` capabilities: it shows the results of phi-ls' commands by itself."""

MAX_FILES = 20
"""Of one server; the oldest goes first."""

ABANDONED_S = 24 * 3600
"""So old, a file is one of a server that did not end in order."""

MAX_MESSAGE_CHARS = 4_000
MAX_HEADING_CHARS = 100


def shows_results(server: PhiLanguageServer) -> bool:
    """Whether the client shows what a command returns."""
    experimental = server.client_capabilities.experimental
    return isinstance(experimental, dict) and experimental.get(EXPERIMENTAL) not in (None, False)


class Showing:
    """Has explanations shown, one after the other; its files are gone when the server is."""

    def __init__(self, server: PhiLanguageServer) -> None:
        self._server = server
        self._files: list[Path] = []
        self._made = 0
        self._tasks: set[asyncio.Task[None]] = set()
        server.on_close.append(self._close)

    def later(self, about: str, result: dict[str, Any]) -> None:
        """Have the result of a command shown; whoever asked for it gets it without waiting for that."""
        task = asyncio.get_running_loop().create_task(self._show(about, result), name="showing an explanation")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, about: str, result: dict[str, Any]) -> None:
        window = self._server.client_capabilities.window
        page = self._page(about, result)
        if not (window and window.show_document and window.show_document.support and await self._opened(page)):
            message = plain_text(page)[:MAX_MESSAGE_CHARS]
            self._server.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    def _page(self, about: str, result: dict[str, Any]) -> str:
        note = self._server.catalogue.text(result["note"])
        model = " · ".join(filter(None, (result["model"], result["device"])))
        return (
            "\n\n".join(
                filter(None, (f"# {code_span(about[:MAX_HEADING_CHARS])}", result["text"], code_span(model), note))
            )
            + "\n"
        )

    async def _opened(self, page: str) -> bool:
        try:
            path = await asyncio.to_thread(self._write, page)
        except OSError as exc:
            log.warning("an explanation cannot be shown as a document: %s", exc)
            return False
        try:
            shown = await self._server.window_show_document_async(types.ShowDocumentParams(uri=path.as_uri()))
        except JsonRpcException as exc:
            log.info("the editor did not show a document: %s", exc.message)
            return False
        return shown.success

    def _write(self, page: str) -> Path:
        folder = folders.private_dir(folders.cache_dir() / "shown")
        self._made += 1
        path = folder / f"explanation-{os.getpid()}-{self._made}.md"
        folders.write_private(path, page.encode())
        self._files.append(path)
        for old in self._files[:-MAX_FILES]:
            old.unlink(missing_ok=True)
        self._files = self._files[-MAX_FILES:]
        _remove_abandoned(folder)
        return path

    def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for path in self._files:
            path.unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    limit = time.time() - ABANDONED_S
    for path in folder.glob("explanation-*.md"):
        # Another server may be doing the same.
        with contextlib.suppress(OSError):
            if path.lstat().st_mtime < limit:
                path.unlink()
