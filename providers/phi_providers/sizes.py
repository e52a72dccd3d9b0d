"""Sizes in bytes as people read them, in the decimal units that disks, models and memory are given in."""

from __future__ import annotations

MEGABYTE = 1000**2
GIGABYTE = 1000**3


def size_text(size: int) -> str:
    """Return `2.1 GB`, or `350 MB` for what is less than one gigabyte."""
    return f"{size / GIGABYTE:.1f} GB" if size >= GIGABYTE else f"{size / MEGABYTE:.0f} MB"
