"""What a conversion tool does, in words for whoever waits: most of what it prints is meant for its makers."""

from __future__ import annotations

import re

_KNOWN = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^Loading weights", "reading the weights"),
        (r"TracerWarning", "following the computation"),
        (r"^Mixed-Precision assignment.*?(\d+)%", "choosing the layers that stay in INT8, {} %"),
        (r"^Applying Weight Compression.*?(\d+)%", "compressing the weights, {} %"),
        (r"matmul_nbits_quantizer.*/(layers\.\d+|lm_head)/", "compressing the weights, {}"),
        (r"^Saving .*?(\d+)%", "writing, {} %"),
    )
)


def in_words(line: str) -> str:
    """Return what a line of OpenVINO's or ONNX Runtime's tool says; empty for one that tells its user nothing."""
    for pattern, words in _KNOWN:
        if found := pattern.search(line):
            return words.format(*found.groups()).replace("layers.", "layer ").replace("lm_head", "output layer")
    return ""
