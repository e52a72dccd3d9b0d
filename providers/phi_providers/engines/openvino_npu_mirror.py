"""A copy of the books of the NPU pipeline's prefix cache, which cannot be asked what it holds."""

from __future__ import annotations

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence


class LeafMirror:
    """Chains of whole chunks, kept by the rules of OpenVINO's `llm_prefix_caching.cpp`.

    Only a chunk that no cached chunk follows can be evicted, the least recently used first; being found makes any chunk
    evictable. A chunk whose predecessor is missing is not kept. Nothing that the answer adds is.
    """

    def __init__(self, capacity: int, chunk_tokens: int) -> None:
        self._capacity = capacity
        self._chunk = chunk_tokens
        self._followers: dict[bytes, set[bytes]] = {}
        self._before: dict[bytes, bytes] = {}
        self._evictable: OrderedDict[bytes, None] = OrderedDict()

    def peek(self, ids: Sequence[int]) -> int:
        """Return how many of the first tokens a prefill of these ids would find; the last is always computed."""
        found = 0
        for key in self._keys(ids[:-1]):
            if key not in self._followers:
                break
            found += self._chunk
        return found

    def prefill(self, ids: Sequence[int]) -> int:
        """Enter what a prefill of these ids finds and computes; return how many tokens it found."""
        found, before = 0, b""
        computing = False
        for key in self._keys(ids):
            if not computing and key in self._followers:
                self._touch(key)
                found += self._chunk
            else:
                computing = True
                self._put(key, before)
            before = key
        # A prompt of whole chunks that are all there has its last one computed again.
        return min(found, (len(ids) - 1) // self._chunk * self._chunk)

    def _put(self, key: bytes, before: bytes) -> None:
        if key in self._followers:
            self._touch(key)
            return
        if before:
            if before not in self._followers:
                return
            self._followers[before].add(key)
            self._evictable.pop(before, None)
        if len(self._followers) >= self._capacity and not self._evict():
            self._unlink(key, before)
            return
        self._followers[key] = set()
        self._before[key] = before
        self._touch(key)

    def _touch(self, key: bytes) -> None:
        self._evictable[key] = None
        self._evictable.move_to_end(key)

    def _evict(self) -> bool:
        if not self._evictable:
            return False
        key, _ = self._evictable.popitem(last=False)
        del self._followers[key]
        self._unlink(key, self._before.pop(key))
        return True

    def _unlink(self, key: bytes, before: bytes) -> None:
        if before in self._followers:
            self._followers[before].discard(key)
            if not self._followers[before]:
                self._touch(before)

    def _keys(self, ids: Sequence[int]) -> Iterator[bytes]:
        key = b""
        for start in range(0, len(ids) - self._chunk + 1, self._chunk):
            key = hashlib.blake2b(key + array("q", ids[start : start + self._chunk]).tobytes(), digest_size=16).digest()
            yield key
