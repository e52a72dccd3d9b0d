"""Which variant of a model is fetched for which machine."""

from __future__ import annotations

import pytest

from phi_providers.catalogue.choice import Machine, Wish, choose, needed_bytes
from phi_providers.catalogue.entries import ListedModel
from phi_providers.catalogue.reading import load
from phi_providers.models.manifest import ModelError
from phi_providers.sizes import GIGABYTE

OPENVINO_CPU = ("openvino", "CPU")


def phi3() -> ListedModel:
    model = load().model("phi-3-mini-4k")
    assert model is not None
    return model


def machine(*devices: tuple[str, str], gigabytes: int = 16) -> Machine:
    return Machine(memory_bytes=gigabytes * GIGABYTE, devices=frozenset(devices))


@pytest.mark.parametrize(
    ("expected", "devices"),
    [
        ("int4-ov", [OPENVINO_CPU]),
        ("int4-ov", [OPENVINO_CPU, ("onnxruntime", "CPU")]),
        ("int4-ov", [OPENVINO_CPU, ("openvino", "GPU")]),
        ("int4-cw-ov", [OPENVINO_CPU, ("openvino", "GPU"), ("openvino", "NPU")]),
        ("int4-onnx-cuda", [OPENVINO_CPU, ("onnxruntime", "CPU"), ("onnxruntime", "CUDA")]),
        ("int4-onnx-directml", [OPENVINO_CPU, ("onnxruntime", "CPU"), ("onnxruntime", "DML")]),
        ("int4-onnx-cpu", [("onnxruntime", "CPU")]),
    ],
)
def test_the_best_device_decides(expected: str, devices: list[tuple[str, str]]) -> None:
    """NVIDIA, NPU, Intel's GPU, any GPU, CPU: the form that the first of them runs, at INT4, which is the fastest."""
    assert f"phi-3-mini-4k-{expected}" == choose(phi3(), machine(*devices)).id


@pytest.mark.parametrize(
    ("expected", "wish"),
    [
        ("int8-ov", Wish(precision="int8")),
        ("fp16-ov", Wish(precision="fp16")),
        ("int4-onnx-cpu", Wish(engine="onnxruntime")),
    ],
)
def test_what_the_user_insists_on(expected: str, wish: Wish) -> None:
    """Engine and precision can be asked for."""
    everything = machine(OPENVINO_CPU, ("onnxruntime", "CPU"), gigabytes=32)
    assert f"phi-3-mini-4k-{expected}" == choose(phi3(), everything, wish).id


def test_what_nobody_has() -> None:
    """The message says which forms there are."""
    with pytest.raises(ModelError, match="openvino int8"):
        choose(phi3(), machine(OPENVINO_CPU), Wish(precision="int2"))


def test_what_nothing_here_runs() -> None:
    """Without an engine for it, the user is sent to who knows what is missing."""
    with pytest.raises(ModelError, match="doctor"):
        choose(phi3(), machine(), Wish())
    with pytest.raises(ModelError, match="doctor"):
        choose(phi3(), machine(OPENVINO_CPU), Wish(engine="onnxruntime"))


def test_too_little_memory() -> None:
    """A machine that is too small is told so, with what is needed and what it has, and how to have it all the same."""
    with pytest.raises(ModelError, match=r"4\.0 GB .* 4\.0 GB in all.*phi-3-mini-4k-int4-ov"):
        choose(phi3(), machine(OPENVINO_CPU, gigabytes=4))


def test_memory_that_holds_the_smaller_one() -> None:
    """8 GB hold INT4 beside an editor and not FP16."""
    assert "phi-3-mini-4k-int4-ov" == choose(phi3(), machine(OPENVINO_CPU, gigabytes=8)).id
    with pytest.raises(ModelError, match="of memory"):
        choose(phi3(), machine(OPENVINO_CPU, gigabytes=8), Wish(precision="fp16"))


@pytest.mark.parametrize(("variant", "published"), [("int4-ov", 3.4), ("int8-ov", 5.1), ("fp16-ov", 8.8)])
def test_memory_is_what_has_been_measured(variant: str, published: float) -> None:
    """What a variant is said to take, less half its context, is within a tenth of published peaks at 1,024 tokens."""
    entry = load().entry(f"phi-3-mini-4k-{variant}")
    taken = needed_bytes(entry) - 1024 * entry.model.kv_bytes_per_token
    assert published == pytest.approx(taken / GIGABYTE, rel=0.1)
