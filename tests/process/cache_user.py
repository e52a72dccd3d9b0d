"""A process that uses a cache on disk for ever: `python cache_user.py FOLDER SEED`.

For each operation it writes a byte to its stdout; an entry that is not what belongs to its key ends it with 3.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import sys
from pathlib import Path

from phi_ls.caches.disk import DiskCache

KEYS = 300
MAX_BYTES = 400_000


def body_of(key: bytes) -> bytes:
    """Return the one body that is ever put under this key."""
    digest = hashlib.sha256(key).digest()
    return digest * (1 + digest[0])


def shared(folder: Path) -> DiskCache:
    """Return the cache that all of them use."""
    return DiskCache(folder, "answers", max_bytes=MAX_BYTES)


def main() -> None:
    """Put and get, one as often as the other."""
    logging.disable()
    folder, seed = sys.argv[1:]
    draw = random.Random(seed)
    cache = shared(Path(folder))
    while True:
        key = b"%d" % draw.randrange(KEYS)
        if draw.random() < 0.5:
            cache.put(key, body_of(key))
        elif cache.get(key) not in (None, body_of(key)):
            sys.exit(3)
        os.write(1, b".")


if __name__ == "__main__":
    main()
