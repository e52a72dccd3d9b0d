"""phi-ls/didChangeStatus, and workspace/executeCommand phi-ls.status."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from phi_ls.features.arguments import as_object
from phi_ls.status import headline_of, status_of
from phi_ls.status_file import NewestInBackground, StatusFile

if TYPE_CHECKING:
    from phi_ls.server import PhiLanguageServer

DID_CHANGE_STATUS = "phi-ls/didChangeStatus"

QUIET_S = 0.05
"""Changes within so short a time make one notification: a suggestion from a fast model is busy and ready again."""

FILE_QUIET_S = 1.0


def register(server: PhiLanguageServer) -> None:
    """Register the command, and the notification at every change of state."""
    reporter = _Reporter(server)
    server.on_change.append(reporter.changed)
    server.on_close.append(reporter.close)

    @server.command("phi-ls.status")
    async def status(*arguments: Any) -> dict[str, Any]:
        as_object(arguments)
        return status_of(server.session)


class _Reporter:
    """Sends the status when it differs from the one sent last, and keeps the file up to date."""

    def __init__(self, server: PhiLanguageServer) -> None:
        self._server = server
        self._file = StatusFile()
        self._background = NewestInBackground(self._file.write)
        self._sent: dict[str, Any] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._closed = False

    def changed(self) -> None:
        """Something may have changed; looked at a little later, so that a burst is one notification."""
        self._later("notification", QUIET_S, self._notify)
        self._later("file", FILE_QUIET_S, self._write)

    def close(self) -> None:
        """The server ends: no more reports."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        self._file.remove()

    def _later(self, name: str, delay_s: float, action: Any) -> None:
        if name not in self._timers and not self._closed:
            self._timers[name] = asyncio.get_running_loop().call_later(delay_s, self._now, name, action)

    def _now(self, name: str, action: Any) -> None:
        del self._timers[name]
        action()

    def _notify(self) -> None:
        # The first time that a suggestion took is news, too: of a fast model nothing else would be told.
        is_timed = self._server.session.meter.suggestions > 0
        news = {**headline_of(self._server.session), "isTimed": is_timed}
        if news != self._sent:
            self._sent = news
            self._server.protocol.notify(DID_CHANGE_STATUS, status_of(self._server.session))

    def _write(self) -> None:
        # Never here: while it is written, nothing else is answered.
        self._background.put(status_of(self._server.session))
