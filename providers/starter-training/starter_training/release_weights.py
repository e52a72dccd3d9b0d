"""What a safetensors file holds, by its header alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from starter_training.release_error import ReleaseError

HALF = "F16"


def parameters(path: Path) -> int:
    """Return how many weights a file holds; raises ReleaseError unless all are 16-bit floats.

    The graph is made from these weights: in another precision, the released original would give another one.
    """
    tensors = {name: tensor for name, tensor in _header(path).items() if name != "__metadata__"}
    other = sorted(name for name, tensor in tensors.items() if tensor["dtype"] != HALF)
    if other:
        raise ReleaseError(
            f"{other[0]} in {path.name} is {tensors[other[0]]['dtype']} instead of {HALF}; save the checkpoint anew"
        )
    return sum(math.prod(tensor["shape"]) for tensor in tensors.values())


def _header(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            # A foreign file may claim any size.
            header = json.loads(file.read(min(size, path.stat().st_size)))
            if not isinstance(header, dict):
                raise ValueError("its header is no object")
    except (OSError, ValueError) as exc:
        raise ReleaseError(f"{path} cannot be read as safetensors; train the run to its end") from exc
    return header
