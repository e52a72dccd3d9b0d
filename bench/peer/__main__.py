"""`PYTHONPATH=tests python -m bench.peer`: make the peer, and check that it writes what its weights say.

Greedy continuations of several prompts are compared with those of Phi-3's arithmetic in FP64, token by token. With
weights rounded to eight bits an answer may differ where two tokens are all but equally likely; with FP32 none may.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np
from engine.phi3_in_numpy import Kept, Phi3

from bench.documents import long_module
from bench.peer.building import WORK, built
from bench.peer.gguf_file import BUILT_IN_PRECISION, gguf_of
from bench.peer.server import LlamaServer
from phi_providers.messages import Control, Part
from phi_providers.models.builtin_forms import form_of_builtin
from phi_providers.models.installed import builtin, read_object
from phi_providers.models.safetensors_file import Weights
from phi_providers.prompt import PromptEncoder

LINES = 24
PLACES = (60, 200, 340, 480, 620, 760)
NEW = 16


def main() -> None:
    """Compare, and print a line for each precision; the exit status tells whether FP32 agreed."""
    folder = form_of_builtin("transformers", WORK / "forms")
    encoder = PromptEncoder(folder / "tokenizer.json", builtin().controls)
    prompts = [encoder.encode((Part(control=Control.BEGIN), Part(text=text))) for text in _texts()]
    model = Phi3(Weights(folder), read_object(folder / "config.json"), np.float64)
    expected = [list(_greedy(model, ids)) for ids in prompts]
    agreed = {precision: _agreed(precision, prompts, expected) for precision in ("f32", BUILT_IN_PRECISION)}
    for precision, count in agreed.items():
        print(f"{precision}: {count} of {len(prompts)} continuations of {NEW} tokens are the reference's")
    sys.exit(agreed["f32"] != len(prompts))


def _texts() -> Iterator[str]:
    source = long_module()
    for place in PLACES:
        yield "\n".join(source[place - LINES : place])


def _greedy(model: Phi3, ids: Sequence[int]) -> Iterator[int]:
    kept: Kept = []
    logits = model.last_logits(ids, kept)
    for _ in range(NEW):
        token = int(logits.argmax())
        yield token
        logits = model.last_logits([token], kept)


def _agreed(precision: str, prompts: Sequence[Sequence[int]], expected: Sequence[Sequence[int]]) -> int:
    tools = built()
    server = LlamaServer([tools.server], gguf_of(tools, precision), context=builtin().context, threads=1)
    try:
        return sum(_written(server, ids) == list(right) for ids, right in zip(prompts, expected, strict=True))
    finally:
        server.close()


def _written(server: LlamaServer, ids: Sequence[int]) -> list[int]:
    return [token for step in server.complete(ids, new_tokens=NEW) for token in step.tokens]


if __name__ == "__main__":
    main()
