"""Does several things at once, and none of them any more once one has failed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable

THREADS = 4
GLANCE_S = 0.2
"""How often the main thread looks up: on Windows nothing else lets Ctrl-C through."""


def do_all(jobs: Iterable[Callable[[], None]], cancelled: threading.Event) -> None:
    """Do all jobs; raises what the first that fails raises, with `cancelled` set so that the others end, too.

    The threads are daemons: whoever is interrupted need not wait for one that waits for the network.
    """
    waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    threads = [threading.Thread(target=_work, args=(waiting, ended), daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        failures = [failure for _ in threads if (failure := _next(ended, cancelled)) is not None]
    except KeyboardInterrupt:
        cancelled.set()
        raise
    if failures:
        raise failures[0]


def _work(waiting: queue.SimpleQueue[Callable[[], None]], ended: queue.SimpleQueue[BaseException | None]) -> None:
    try:
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                break
            job()
    except BaseException as exc:  # noqa: BLE001  # raised again, in the thread that waits
        ended.put(exc)
    else:
        ended.put(None)


def _next(ended: queue.SimpleQueue[BaseException | None], cancelled: threading.Event) -> BaseException | None:
    while True:
        try:
            failure = ended.get(timeout=GLANCE_S)
        except queue.Empty:
            continue
        if failure is not None:
            cancelled.set()
        return failure
