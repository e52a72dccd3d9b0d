"""Serves one editor over stdin and stdout.

A reader thread takes messages in and a writer thread sends them, both by blocking calls of their own, so that neither a
slow handler nor an editor that does not read can keep the server from noticing a cancellation or the end of the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from phi_ls.connection import stdio
from phi_ls.connection.failures import where
from phi_ls.connection.framing import BadFraming, FrameReader, frame
from phi_ls.connection.parent_watch import ParentWatch
from phi_ls.connection.writer import Keep, Writer
from phi_ls.protocol import PhiProtocol

log = logging.getLogger(__name__)

CLOSE_S = 0.7
"""How long `close` of the server may take."""
FLUSH_S = 0.1
GONE_S = 0.95
"""So long after the end of the connection the process is ended by force."""
INBOX_BYTES = 64 * 1024 * 1024
"""More than this is not read ahead of the event loop."""
_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")


class Server(Protocol):
    """What is served."""

    @property
    def protocol(self) -> PhiProtocol:
        """Takes the messages."""

    async def close(self) -> None:
        """Let go of everything; called once, when the editor is gone."""


def serve_stdio(server: Server) -> int:
    """Serve until the editor goes; return the exit code, 0 only if it said `shutdown` before.

    Takes over stdin, stdout and the signal handlers. Whatever other threads do, the process ends `GONE_S` after the
    connection did, so this must be the last thing it does.
    """
    return asyncio.run(_serve(server, *stdio.claim()))


async def _serve(server: Server, reader: int, writer: int) -> int:
    return await Connection(server.protocol, reader, writer).run(server)


class Connection:
    """The two threads, and the way their messages take to and from the event loop."""

    def __init__(self, protocol: PhiProtocol, reader: int, writer: int) -> None:
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._reader = reader
        self._writer = Writer(writer, on_broken=self.end)
        self._inbox: deque[bytes] = deque()
        self._inbox_bytes = 0
        self._delivering = False
        self._room = threading.Condition()
        self._ended = asyncio.Event()
        # Unlike an Event, this may be used by a signal handler that interrupts its use.
        self._ending: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._failed = False
        self._watch: ParentWatch | None = None

    async def run(self, server: Server) -> int:
        """Serve until `end`; return the exit code."""
        self._protocol.transport = self
        self._catch_signals()
        self._writer.start()
        threading.Thread(target=self._force_end, name="lsp-end", daemon=True).start()
        threading.Thread(target=self._read, name="lsp-reader", daemon=True).start()
        await self._ended.wait()
        self._protocol.abandon()
        await self._close(server)
        if self._watch is not None:
            self._watch.stop()
        self._writer.close(FLUSH_S)
        return self._exit_code()

    def send(self, body: bytes, keep: Keep) -> None:
        """Queue a message; never blocks."""
        self._writer.send(frame(body), keep)

    def watch_parent(self, process_id: int) -> None:
        """End when this process has ended."""
        if self._watch is not None:
            self._watch.stop()
        self._watch = ParentWatch(process_id, self.end)
        self._watch.start()

    def end(self) -> None:
        """End the connection; from any thread, any number of times."""
        self._ending.put(None)
        self._in_loop(self._ended.set)

    def _in_loop(self, callback: Callable[[], None]) -> None:
        # The loop raises RuntimeError once it is closed: then there is nothing left to be told.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback)

    def _exit_code(self) -> int:
        return 0 if self._protocol.was_shut_down and not self._failed else 1

    async def _close(self, server: Server) -> None:
        closing = asyncio.ensure_future(server.close())
        await asyncio.wait([closing], timeout=CLOSE_S)
        if not closing.done():
            log.warning("the server took more than %g s to close", CLOSE_S)
        elif not closing.cancelled() and (exc := closing.exception()) is not None:
            log.error("the server did not close properly: %s", where(exc))

    def _catch_signals(self) -> None:
        for name in _SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def _on_signal(self, _number: int, _frame: Any) -> None:
        self.end()

    def _force_end(self) -> None:
        """Runs in a thread of its own: ends the process when everything else hangs."""
        self._ending.get()
        time.sleep(GONE_S)
        os._exit(self._exit_code())

    def _read(self) -> None:
        """Runs in the reader thread until the stream ends."""
        frames = FrameReader(stdio.reading(self._reader, on_stall=_report_stall))
        try:
            while (body := frames.next()) is not None:
                self._take_in(body)
        except BadFraming as exc:
            log.error("the editor's stream cannot be read any further: %s", exc)
            self._failed = True
        finally:
            self.end()

    def _take_in(self, body: bytes) -> None:
        with self._room:
            # An editor that floods us waits in its own pipe; one message always has room.
            self._room.wait_for(lambda: self._inbox_bytes < INBOX_BYTES)
            self._inbox.append(body)
            self._inbox_bytes += len(body)
            idle, self._delivering = not self._delivering, True
        if idle:
            self._in_loop(self._deliver)

    def _deliver(self) -> None:
        """Hand the oldest message over. Takes no argument that asyncio could write into a log with its callback."""
        with self._room:
            body = self._inbox.popleft()
            self._inbox_bytes -= len(body)
            self._room.notify()
        try:
            self._protocol.receive(body)
        finally:
            self._deliver_next()

    def _deliver_next(self) -> None:
        """Deliver the next message behind the first step of the handler that was just started.

        So a request sees the documents as they were when it came, not as edits behind it in the same pipeful make them.
        """
        with self._room:
            self._delivering = more = bool(self._inbox)
        if more:
            self._loop.call_soon(self._deliver)


def _report_stall() -> None:
    log.warning("the editor began a message and has not gone on with it for %g s", stdio.STALLED_S)
