"""Records written by a thread of their own: an editor that does not read our stderr must not stop the server."""

from __future__ import annotations

import atexit
import logging
import queue
from logging.handlers import QueueHandler, QueueListener

CAPACITY = 500
"""Records that may wait; what comes when there are more is lost, as it would be to a reader who does not read."""

FLUSH_S = 0.3


class Patient(QueueHandler):
    """Hands each record, formatted, to a thread that writes it to `target`; never waits."""

    def __init__(self, target: logging.Handler) -> None:
        self._records: queue.Queue[logging.LogRecord] = queue.Queue(CAPACITY)
        super().__init__(self._records)
        target.setFormatter(logging.Formatter("%(message)s"))
        self._listener = QueueListener(self._records, target)
        self._listener.start()
        atexit.register(self.flush)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Queue a record, or drop it."""
        try:
            self._records.put_nowait(record)
        except queue.Full:
            return

    def flush(self) -> None:
        """Give the thread a moment to write what waits; its pipe may be full for good."""
        thread = self._listener._thread  # noqa: SLF001  # `stop` would join it without a limit
        if thread is not None and thread.is_alive():
            try:
                self._listener.enqueue_sentinel()
            except queue.Full:
                return
            thread.join(FLUSH_S)
