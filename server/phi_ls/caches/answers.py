"""Explanations that have been given before: the newest in memory, all of them on disk."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cachetools import LRUCache

from phi_ls import folders
from phi_ls.answers.explanation import Explanation
from phi_ls.caches.disk import Contents, DiskCache
from phi_ls.settings import Settings
from phi_providers.sizes import MEGABYTE

IN_MEMORY = 256

_KEPT = ("text", "model", "note", "finish_reason", "device")
"""What is kept of an explanation on disk; what it cost is of no use to anybody later."""


@dataclass(frozen=True)
class Key:
    """What was asked, of which model, on which engine."""

    digest: bytes
    lasting: bool
    """Whether the model's files are known by their hashes, so that the same key means the same model tomorrow."""


def on_disk(settings: Settings) -> DiskCache | None:
    """Return the cache of answers that all servers of this user share; None if it is switched off."""
    if not settings.cache_disk or not settings.cache_max_megabytes:
        return None
    return DiskCache(folders.answers_dir(), "answers", max_bytes=settings.cache_max_megabytes * MEGABYTE)


class Answers:
    """Finds what has been answered. Belongs to one event loop, which never waits for the disk."""

    def __init__(self, disk: DiskCache | None) -> None:
        """`disk`: None keeps answers in memory alone."""
        self._memory: LRUCache[bytes, Explanation] = LRUCache(IN_MEMORY)
        self._disk = disk
        self._cleared: int | None = None
        # One thread: a connection to SQLite is for one at a time.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")

    async def get(self, key: Key) -> Explanation | None:
        """Return the answer, marked as one that was there, or None."""
        body = await self._on_disk(key)
        known = self._memory.get(key.digest)
        if known is None and body is not None and (known := _read(body)):
            self._memory[key.digest] = known
        return dataclasses.replace(known, cached=True) if known is not None else None

    async def _on_disk(self, key: Key) -> bytes | None:
        """Return the entry on disk, and forget what was in memory when somebody has had all entries taken away.

        Whoever has that done means the answers that a server remembers as well.
        """
        disk = self._disk if key.lasting else None
        if disk is None:
            return None
        loop = asyncio.get_running_loop()
        cleared, body = await loop.run_in_executor(self._thread, lambda: (disk.cleared(), disk.get(key.digest)))
        if cleared is not None and cleared != self._cleared:
            if self._cleared is not None:
                self._memory.clear()
            self._cleared = cleared
        return body

    def open(self) -> None:
        """Open what there is on disk in the background: the first question would wait for that."""
        if self._disk is not None and self._disk.path.exists():
            self._thread.submit(self._disk.cleared)

    def in_memory(self, key: Key) -> bool:
        """Whether the answer need not be looked for on the disk."""
        return key.digest in self._memory

    def put(self, key: Key, explanation: Explanation) -> None:
        """Keep an answer; it is on disk a moment later."""
        self._memory[key.digest] = explanation
        if key.lasting and self._disk is not None:
            self._thread.submit(self._disk.put, key.digest, _written(explanation))

    def keep_on(self, disk: DiskCache | None) -> None:
        """Keep answers there from now on."""
        if self._disk is not None:
            self._thread.submit(self._disk.close)
        self._disk = disk

    def clear(self) -> None:
        """Forget all answers."""
        self._memory.clear()
        if self._disk is not None:
            self._thread.submit(self._disk.clear)

    async def contents(self) -> Contents | None:
        """Return how much there is on disk; None if nothing is kept there, or it cannot be found out."""
        if self._disk is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._disk.contents)

    def close(self) -> None:
        """Write what is still to be written, and let go of the file."""
        self.keep_on(None)
        self._thread.shutdown()


def _written(explanation: Explanation) -> bytes:
    return json.dumps({name: getattr(explanation, name) for name in _KEPT}, ensure_ascii=True).encode("ascii")


def _read(body: bytes) -> Explanation | None:
    """Return the explanation; None if the entry is of another form than this version writes."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    whole = (
        isinstance(found, dict) and set(found) == set(_KEPT) and all(isinstance(each, str) for each in found.values())
    )
    return Explanation(**found) if whole else None
