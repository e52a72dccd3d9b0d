"""Whether a model's weights are in the one format that the NPU's compiler takes."""

from __future__ import annotations

import re
from pathlib import Path

TAIL_BYTES = 64 * 1024
"""How a model was compressed is written at the end of its openvino_model.xml."""

GROUPS = ("128", "-1")
"""Sizes of a quantisation group: 128 up to five billion parameters, or one group for a channel (-1)."""

REMEDY = "export it with `optimum-cli export openvino --weight-format int4 --sym --ratio 1.0 --group-size 128`"


def npu_misfit(folder: Path) -> str:
    """Return why a model cannot run on an NPU, and what to do; empty when it can. Raises OSError."""
    found = _compression(folder / "openvino_model.xml")
    if not found:
        return f"its weights are not compressed, an NPU needs symmetric INT4; {REMEDY}"
    if found.get("mode") != "int4_sym":
        return f"its weights are {found.get('mode', 'of an unknown kind')}, an NPU needs symmetric INT4; {REMEDY}"
    if float(found.get("ratio", "1")) != 1:
        return f"only {float(found['ratio']):.0%} of its layers are INT4, an NPU needs all of them; {REMEDY}"
    if found.get("group_size") not in GROUPS:
        group = found.get("group_size")
        return f"its quantisation groups have {group} weights, an NPU needs 128 or whole channels; {REMEDY}"
    return ""


def compression_mode(folder: Path) -> str:
    """Return how a model's weights are compressed, like `int4_sym`; empty when they are not. Raises OSError."""
    return _compression(folder / "openvino_model.xml").get("mode", "")


def _compression(file: Path) -> dict[str, str]:
    with file.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - TAIL_BYTES))
        tail = stream.read().decode("utf-8", "replace")
    block = re.search(r"<weight_compression>(.*?)</weight_compression>", tail, re.DOTALL)
    return dict(re.findall(r'<(mode|ratio|group_size) value="([^"]*)"', block[1])) if block else {}
