"""How many prompts stay warm side by side, by what is free when a model is loaded."""

from __future__ import annotations

import pytest

from phi_providers.engines.openvino_sizes import kv_blocks, kv_token_bytes
from phi_providers.memory.budget import kv_budget
from phi_providers.messages import Load, ModelInfo
from phi_providers.models.kv_pool import POOL_BYTES, Shape, pool_bytes

GB = 10**9
PHI3 = Shape(layers=32, kv_heads=32, head_size=96, weight_bytes=2_150_000_000, context=2047)
OTHER = 3 * GB
"""Its weights and the runtime, rounded."""


@pytest.mark.parametrize(
    ("free", "contexts"),
    [(2 * GB, 2), (OTHER + 1 * GB, 2), (OTHER + 3 * GB, 3), (OTHER + 5 * GB, 5), (64 * GB, 8), (None, 2)],
)
def test_half_of_what_is_left_holds_two_to_eight_contexts(free: int | None, contexts: int) -> None:
    """Two prompts stay warm however little is free, eight are enough however much; between them half of it is used."""
    blocks = kv_blocks(PHI3, 32, full_precision=False, pool_bytes=pool_bytes(free, OTHER))
    assert contexts * 64 == blocks


def test_full_precision_keeps_fewer() -> None:
    """In strict mode a token takes more than three times as much, so that the same memory holds fewer contexts."""
    room = pool_bytes(OTHER + 16 * GB, OTHER)
    coded, full = (kv_blocks(PHI3, 32, full_precision=strict, pool_bytes=room) for strict in (False, True))
    assert (8 * 64, 4 * 64) == (coded, full)
    assert 3 * kv_token_bytes(PHI3, full_precision=False) < kv_token_bytes(PHI3, full_precision=True)


def test_a_card_that_nobody_can_ask_gets_a_fixed_budget() -> None:
    """What DirectML's memory has free is not known."""
    model = ModelInfo(id="m", family="fim", path="", context=2048)
    assert POOL_BYTES == kv_budget(Load(engine="openvino", device="dml", model=model), PHI3)
