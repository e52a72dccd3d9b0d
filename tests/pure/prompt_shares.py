"""How much of a prompt for Phi-3 is the one before: what a key costs while a person types.

`PYTHONPATH=tests python -m pure.prompt_shares` prints it for all samples.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from pure.typist import Sample, Typist, samples

from phi_ls.answers.suggest import prompt
from phi_ls.context.window import Edges, after_cut
from phi_providers.messages import RESERVE_TOKENS, ModelInfo
from phi_providers.prompt import PromptEncoder

TOKENIZER = Path(__file__).parent.parent / "data" / "phi-3" / "tokenizer.json"
CONTROLS = {"begin": 1, "user": 32010, "assistant": 32001, "end": 32007}
PHI3 = ModelInfo(id="phi-3-mini", family="phi3_chat", path="", context=2047, controls=CONTROLS)
ENCODER = PromptEncoder(TOKENIZER, CONTROLS)

AROUND = 10
"""Times that a sample stands before and after itself in a file which is larger than the window."""


def prompts(sample: Sample, model: ModelInfo = PHI3) -> Iterator[tuple[int, ...]]:
    """Yield the ids that the worker computes with after each key, as server and worker agree on them."""
    edges: dict[str, Edges] = {}
    for snapshot in Typist(sample).snapshots():
        fitted = ENCODER.fit(prompt(edges, snapshot, model), model.context - RESERVE_TOKENS)
        if fitted.lines_cut:
            edges[snapshot.uri] = after_cut(edges[snapshot.uri], fitted.lines_cut)
        yield fitted.ids


def shares(sample: Sample) -> list[float]:
    """Return for each key but the first: common tokens in front, as a part of the prompt before."""
    found, last = [], ()
    for ids in prompts(sample):
        if last:
            found.append(common(last, ids) / len(last))
        last = ids
    return found


def common(first: tuple[int, ...], second: tuple[int, ...]) -> int:
    """Return how many tokens are the same in front."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (old, new) in pairs if old != new), min(len(first), len(second)))


def main() -> None:
    """Print a table."""
    print(f"{'file':18} {'keys':>5} {'tokens':>7} {'mean':>7} {'median':>7} {'worst':>7}  keys below 95 %")
    for each in samples():
        for sample in (each, each.amid(AROUND)):
            found = shares(sample)
            *_, last = prompts(sample)
            numbers = (statistics.mean(found), statistics.median(found), min(found))
            below = sum(share < 0.95 for share in found)
            shown = " ".join(f"{number:7.1%}" for number in numbers)
            print(f"{sample.path:18} {len(found):5} {len(last):7} {shown}  {below}", flush=True)


if __name__ == "__main__":
    main()
