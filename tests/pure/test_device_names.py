"""Names of devices as engines and users write them."""

from __future__ import annotations

import pytest

from phi_providers.device_names import device_kind, same_device


@pytest.mark.parametrize(
    ("requested", "actual", "same"),
    [
        ("CPU", "cpu", True),
        ("cuda", "cuda:0", True),
        ("cuda:0", "CUDA", True),
        ("GPU", "GPU.0", True),
        ("xpu", "xpu:0", True),
        ("DirectML", "DML", True),
        ("TensorRT", "NvTensorRtRtx", True),
        ("TRT:1", "NVTENSORRTRTX:1", True),
        ("GPU.1", "GPU.0", False),
        ("GPU", "CPU", False),
        ("cuda:1", "cuda", False),
        ("NPU", "", False),
    ],
)
def test_a_device_is_known_by_each_of_its_names(requested: str, actual: str, same: bool) -> None:
    """Case does not count, no number is the first, and engines have names of their own."""
    assert same is same_device(requested, actual)


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("CPU", "cpu"),
        ("GPU", "GPU.1"),
        ("GPU", "GPU.0.1"),
        ("CUDA", "cuda:1"),
        ("DML", "DirectML:1"),
        ("NVTENSORRTRTX", "TRT"),
        ("NVTENSORRTRTX", "TensorRT"),
        ("", ""),
    ],
)
def test_the_kind_of_a_device(expected: str, name: str) -> None:
    """Its number goes, and every kind has one name."""
    assert expected == device_kind(name)
