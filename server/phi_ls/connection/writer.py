"""The thread that writes to the editor, so that an editor that does not read can never block the event loop."""

from __future__ import annotations

import enum
import logging
import os
import threading
from collections import deque
from collections.abc import Callable

log = logging.getLogger(__name__)

MAX_WAITING_BYTES = 4 * 1024 * 1024
"""Notifications are dropped beyond this; a pipe holds 64 KiB, so an editor that reads at all stays far below."""
MAX_REPLY_BYTES = 64 * 1024 * 1024
"""Replies are never dropped; an editor that lets this much wait has stopped reading for good."""


_BATCH_BYTES = 64 * 1024
"""What is being written can no longer be dropped, so not more than a pipe holds."""


class Keep(enum.IntEnum):
    """How long a message is worth keeping for an editor that does not read; the smallest goes first."""

    WHILE_ROOM = 0
    """Progress, log lines and status: the next one says more."""
    IF_POSSIBLE = 1
    """Other notifications."""
    ALWAYS = 2
    """Replies and requests."""


class Writer:
    """Owns `descriptor`, to which only its own thread writes. All methods may be called from any thread."""

    def __init__(self, descriptor: int, on_broken: Callable[[], None]) -> None:
        """`on_broken` is called once, in any thread, when the editor reads no more."""
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Keep, bytes]] = deque()
        self._bytes = dict.fromkeys(Keep, 0)
        self._closing = False
        self._dropping = False
        self._thread = threading.Thread(target=self._run, name="lsp-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def send(self, payload: bytes, keep: Keep) -> None:
        """Queue these bytes; returns at once."""
        with self._changed:
            if self._closing:
                return
            self._waiting.append((keep, payload))
            self._bytes[keep] += len(payload)
            if sum(self._bytes.values()) > MAX_WAITING_BYTES:
                self._make_room()
            broken = self._bytes[Keep.ALWAYS] > MAX_REPLY_BYTES
            self._changed.notify()
        if broken:
            log.error("the editor has not read %d bytes of replies", MAX_REPLY_BYTES)
            self._give_up()

    def close(self, timeout_s: float) -> bool:
        """Write what is waiting, for so long at most, and stop; return whether all was written."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _make_room(self) -> None:
        for least in (Keep.IF_POSSIBLE, Keep.ALWAYS):
            dropped = sum(size for keep, size in self._bytes.items() if keep < least)
            if not dropped:
                continue
            if not self._dropping:
                log.warning("the editor does not read; notifications are being dropped")
            self._dropping = True
            self._waiting = deque(item for item in self._waiting if item[0] >= least)
            self._bytes.update({keep: 0 for keep in Keep if keep < least})
            if self._bytes[Keep.ALWAYS] + self._bytes[Keep.IF_POSSIBLE] <= MAX_WAITING_BYTES:
                return

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                view = memoryview(batch)
                while view:
                    view = view[os.write(self._descriptor, view) :]
        except OSError as exc:
            log.info("the editor reads no more: %s", exc)
            self._give_up()

    def _next_batch(self) -> bytes:
        """Return the next few messages in one piece, which costs one call instead of many; empty once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            batch = bytearray()
            while self._waiting and len(batch) < _BATCH_BYTES:
                keep, payload = self._waiting.popleft()
                self._bytes[keep] -= len(payload)
                batch += payload
            self._dropping = self._dropping and bool(self._waiting)
            return bytes(batch)

    def _give_up(self) -> None:
        with self._changed:
            already, self._closing = self._closing, True
            self._waiting.clear()
            self._bytes = dict.fromkeys(Keep, 0)
        if not already:
            self._on_broken()
