"""What loading a model has measured on each device, kept in the cache folder between runs.

A file for each model, precision, engine and device: servers that write at the same time each replace a whole file, and
none takes away what another has measured.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from phi_ls import folders
from phi_ls.speeds import Speed, is_rate, speed_of
from phi_providers.pool import WorkerStatus

log = logging.getLogger(__name__)

MAX_BYTES = 4096


def kept(folder: Path | None = None) -> list[Speed]:
    """Return all measurements that can be read; whatever else lies in the folder is passed over."""
    try:
        paths = sorted((folder or _folder()).glob("*.json"))
    except OSError:
        return []
    return [speed for path in paths if (speed := _read(path)) is not None]


def keep(speed: Speed, folder: Path | None = None) -> None:
    """Remember a measurement; raises nothing: without a cache folder the order stays as it was."""
    name = hashlib.sha256("\n".join(speed.key).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    try:
        path = folders.private_dir(folder or _folder()) / f"{name}.json"
        content = dataclasses.asdict(_best(speed, _read(path)))
        folders.write_private(path, json.dumps(content, indent=1).encode())
    except OSError as exc:
        log.warning("a measurement is not kept: %s", exc)


def keep_new(workers: Sequence[WorkerStatus], seen: set[int], put: Callable[[Speed], object] = keep) -> None:
    """Have `put` remember what workers measured when they got ready, those not `seen`, by their process ids."""
    seen.intersection_update([worker.pid for worker in workers if worker.pid is not None])
    for worker in workers:
        if worker.profile is not None and worker.pid is not None and worker.pid not in seen:
            seen.add(worker.pid)
            if speed := speed_of(worker.order, worker.profile):
                put(speed)


def _folder() -> Path:
    return folders.cache_dir() / "speeds"


def _best(new: Speed, old: Speed | None) -> Speed:
    """Return the better of both measurements: other programs make a device slower, nothing makes it faster."""
    if old is None or (old.key, old.engine_version) != (new.key, new.engine_version):
        return new
    return dataclasses.replace(
        new,
        prefill_tokens_per_s=max(new.prefill_tokens_per_s, old.prefill_tokens_per_s),
        decode_ms_per_token=min(new.decode_ms_per_token, old.decode_ms_per_token),
    )


def _read(path: Path) -> Speed | None:
    try:
        found = Speed(**json.loads(folders.read_regular(path, MAX_BYTES)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    fields = dataclasses.asdict(found)
    rates = [fields.pop(name) for name in ("prefill_tokens_per_s", "decode_ms_per_token", "measured")]
    whole = all(map(is_rate, rates)) and all(isinstance(value, str) for value in fields.values())
    return found if whole else None
