"""Names of devices as engines and users write them."""

from __future__ import annotations

import pytest

from phi_providers.same_device import same_device


@pytest.mark.parametrize(
    ("requested", "actual", "same"),
    [
        ("CPU", "cpu", True),
        ("cuda", "cuda:0", True),
        ("cuda:0", "CUDA", True),
        ("GPU", "GPU.0", True),
        ("xpu", "xpu:0", True),
        ("DirectML", "DML", True),
        ("GPU.1", "GPU.0", False),
        ("GPU", "CPU", False),
        ("cuda:1", "cuda", False),
        ("NPU", "", False),
    ],
)
def test_a_device_is_known_by_each_of_its_names(requested: str, actual: str, same: bool) -> None:
    """Case does not count, no number is the first, and engines have names of their own."""
    assert same is same_device(requested, actual)
