"""A copy of the books of the engine's prefix cache, which cannot be asked what it holds."""

from __future__ import annotations

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence


class BlockMirror:
    """Chains of full KV blocks, the least recently used first.

    The engine also finds partly filled blocks now and then; they are left out, so `match` errs to the low side.
    """

    def __init__(self, capacity: int, block_tokens: int) -> None:
        self._capacity = capacity
        self._block_tokens = block_tokens
        self._blocks: OrderedDict[bytes, None] = OrderedDict()

    def match(self, ids: Sequence[int]) -> int:
        """Return how many of the first tokens are cached; the last token is always computed."""
        blocks = 0
        for key in self._keys(ids):
            if key not in self._blocks:
                break
            blocks += 1
        return max(min(blocks * self._block_tokens, len(ids) - 1), 0)

    def store(self, ids: Sequence[int]) -> None:
        """Enter tokens whose keys and values have been computed."""
        for key in self._keys(ids):
            self._blocks[key] = None
            self._blocks.move_to_end(key)
        while len(self._blocks) > self._capacity:
            self._blocks.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._blocks.clear()

    def _keys(self, ids: Sequence[int]) -> Iterator[bytes]:
        key = b""
        for start in range(0, len(ids) - self._block_tokens + 1, self._block_tokens):
            block = array("q", ids[start : start + self._block_tokens])
            key = hashlib.blake2b(key + block.tobytes(), digest_size=16).digest()
            yield key
