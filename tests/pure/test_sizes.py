"""Sizes as people read them."""

from __future__ import annotations

import pytest

from phi_providers.sizes import GIGABYTE, MEGABYTE, size_text


@pytest.mark.parametrize(
    ("expected", "size"),
    [
        ("0 MB", 0),
        ("350 MB", 350 * MEGABYTE),
        ("1000 MB", GIGABYTE - 1),
        ("1.0 GB", GIGABYTE),
        ("2.1 GB", 2_149_000_000),
    ],
)
def test_gigabytes_from_one_on(expected: str, size: int) -> None:
    """What is smaller is given in megabytes, and both are decimal."""
    assert expected == size_text(size)
