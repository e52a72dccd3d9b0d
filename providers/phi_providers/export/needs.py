"""What a conversion takes, before it begins."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from phi_providers.export.presets import MEMORY_BYTES, Preset
from phi_providers.sizes import GIGABYTE, MEGABYTE

SPARE_BYTES = 256 * MEGABYTE
"""That the disk must have left afterwards: a full one stops more than us."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """Bytes: what is needed, or what is free."""

    disk: int
    memory: int


def needed(preset: Preset, bytes_at_16_bits: int, *, converted: bool = False, environment: int = 0) -> Room:
    """Return what an original of this size takes.

    `converted`: the tool has ended already, and its result lies there; `environment`: bytes of the one that must be
    made first.
    """
    if converted:
        return Room(disk=0, memory=0)
    disk = int(bytes_at_16_bits * (preset.size + preset.scratch)) + SPARE_BYTES + environment
    return Room(disk=disk, memory=int(bytes_at_16_bits * preset.memory) + MEMORY_BYTES)


def free(folder: Path) -> Room:
    """Return what this machine has, the disk being that of a folder which may not exist yet; swap counts as memory."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    memory = psutil.virtual_memory().available + psutil.swap_memory().free
    return Room(disk=shutil.disk_usage(there).free, memory=memory)


def lacking(wanted: Room, have: Room, folder: Path) -> str:
    """Return in one sentence what is missing, and what to do; empty when all is there."""
    short = []
    if wanted.memory > have.memory:
        short.append(f"{_gigabytes(wanted.memory)} of memory, of which {_gigabytes(have.memory)} are free")
    if wanted.disk > have.disk:
        short.append(f"{_gigabytes(wanted.disk)} on the disk of {folder}, of which {_gigabytes(have.disk)} are free")
    if not short:
        return ""
    remedies = {
        (True, False): "close programs, or fetch a model that is converted already with `phi-ls models pull`",
        (False, True): "make room, or move the folder with PHI_LS_DATA_DIR",
        (True, True): "fetch a model that is converted already with `phi-ls models pull`, after making room",
    }
    remedy = remedies[wanted.memory > have.memory, wanted.disk > have.disk]
    return f"the conversion needs {' and '.join(short)}; {remedy}"


def _gigabytes(count: int) -> str:
    return f"{count / GIGABYTE:.1f} GB"
