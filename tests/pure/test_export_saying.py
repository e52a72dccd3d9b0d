"""What somebody who waits for a conversion reads: what is being done, and nothing that tools say to their makers."""

from __future__ import annotations

import pytest

from phi_providers.export.saying import in_words

QUANTISER = "2026-03-21 10:12:55,920 onnxruntime.quantization.matmul_nbits_quantizer [INFO] - "


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Loading weights: 100%|██████████| 9/9 [00:00<00:00, 2843.60it/s]", "reading the weights"),
        ("/x/cache_utils.py:131: TracerWarning: Converting a tensor to a Python boolean", "following the computation"),
        ("Mixed-Precision assignment ━━━━ 50% 2/4 • 0:00:04 • 0:00:00", "choosing the layers that stay in INT8, 50 %"),
        ("Applying Weight Compression ━━━━━ 7% • 0:00:08 • 0:00:00", "compressing the weights, 7 %"),
        (f"{QUANTISER}start to quantize /model/layers.12/attn/o_proj/MatMul ...", "compressing the weights, layer 12"),
        (f"{QUANTISER}start to quantize /lm_head/MatMul ...", "compressing the weights, output layer"),
        ("Saving model.embed_tokens.weight (f32, [32064,3072]):  11%|█  | 2/18 [00:04<00:35]", "writing, 11 %"),
    ],
)
def test_what_is_being_done(said: str, words: str) -> None:
    """Each step of both tools has its words, with how far it has come where the tool tells."""
    assert words == in_words(said)


@pytest.mark.parametrize(
    "said",
    [
        "`torch_dtype` is deprecated! Use `dtype` instead!",
        "if not self.is_initialized or self.keys.numel() == 0:",
        "Path.replace() takes 2 positional arguments but 3 were given",
        "┕━━━━━━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━┙",
        "│ int4_sym, group size 128  │ 11% (2 / 7)                 │ 31% (2 / 4)    │",
        "INFO:nncf:Statistics of the bitwidth distribution:",
        "Extra options: {}",
        f"{QUANTISER}skip to quantize /model/constant_nodes/INT64/1 ...",
    ],
)
def test_what_nobody_needs_to_know(said: str) -> None:
    """Warnings about code that is not the user's, tables and their borders are not shown."""
    assert "" == in_words(said)
