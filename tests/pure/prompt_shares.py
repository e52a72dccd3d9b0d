"""How much of a prompt is the one before: what a key costs while a person types, and what a jump does.

`PYTHONPATH=tests python -m pure.prompt_shares` prints it for all samples.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pure.typist import Sample, Typist, samples

from phi_ls.answers.prompting import prompt
from phi_ls.context.passages import OpenFile
from phi_ls.context.ring import Ring
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Edges, after_cut
from phi_providers.messages import RESERVE_TOKENS, ModelInfo
from phi_providers.models.installed import BUILTIN, builtin
from phi_providers.prompt import PromptEncoder

TOKENIZER = Path(__file__).parent.parent / "data" / "phi-3" / "tokenizer.json"
CONTROLS = {"begin": 1, "user": 32010, "assistant": 32001, "end": 32007}
PHI3 = ModelInfo(id="phi-3-mini", family="phi3_chat", path="", context=2047, controls=CONTROLS)
ENCODER = PromptEncoder(TOKENIZER, CONTROLS)

STARTER = replace(builtin(), snippets=True)
"""The built-in model, shown passages of other files whatever they are worth to it."""
STARTER_ENCODER = PromptEncoder(BUILTIN / "tokenizer.json", STARTER.controls)

AROUND = 10
"""Times that a sample stands before and after itself in a file which is larger than the window."""

JUMPS = (-10, -60, -200)
"""Lines that a cursor jumps."""


class Prompts:
    """The ids that the worker computes with, as server and worker agree on them."""

    def __init__(self, model: ModelInfo = PHI3, files: tuple[OpenFile, ...] = ()) -> None:
        self.model = model
        self.encoder = ENCODER if model.family == PHI3.family else STARTER_ENCODER
        self._ring = Ring(lambda: files, clock=lambda: 0.0)
        self._edges: dict[str, Edges] = {}

    def at(self, snapshot: Snapshot) -> tuple[int, ...]:
        """Return what is computed with at this cursor, after all that was asked before."""
        while self._ring.catch_up(snapshot):  # as in the pauses of a person
            pass
        parts = prompt(self._edges, snapshot, self.model, self._ring)
        fitted = self.encoder.fit(parts, self.model.context - RESERVE_TOKENS)
        if fitted.lines_cut:
            self._edges[snapshot.uri] = after_cut(self._edges[snapshot.uri], fitted.lines_cut)
            self._ring.cut(snapshot.uri, fitted.lines_cut)
        return fitted.ids


def neighbours(sample: Sample) -> tuple[OpenFile, ...]:
    """Return two other samples as open files of this one's language, edited in their midst."""
    others = [each for each in samples() if each.path != sample.path][:2]
    found = []
    for each in others:
        lines = f"{each.before}{each.typed}{each.after}".split("\n")
        found.append(
            OpenFile(
                uri=f"file:///w/{each.path}",
                version=1,
                language=sample.language,
                path=each.path,
                lines=lines,
                edited_line=len(lines) // 2,
            )
        )
    return tuple(found)


def prompts(sample: Sample, model: ModelInfo = PHI3, files: tuple[OpenFile, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Yield the ids after each key."""
    asked = Prompts(model, files)
    for snapshot in Typist(sample).snapshots():
        yield asked.at(snapshot)


def shares(sample: Sample, model: ModelInfo = PHI3, files: tuple[OpenFile, ...] = ()) -> list[float]:
    """Return for each key but the first: common tokens in front, as a part of the prompt before."""
    found, last = [], ()
    for ids in prompts(sample, model, files):
        if last:
            found.append(common(last, ids) / len(last))
        last = ids
    return found


def jump(sample: Sample, lines: int, model: ModelInfo = PHI3) -> tuple[int, int]:
    """Return the tokens of the prompt after a jump from where the sample is typed, and those that are new in it."""
    asked = Prompts(model, neighbours(sample))
    *_, here = Typist(sample).snapshots()
    before = asked.at(here)
    line = here.line + lines
    after = asked.at(replace(here, line=line, column=len(here.lines[line - here.first_line])))
    return len(after), len(after) - common(before, after)


def common(first: tuple[int, ...], second: tuple[int, ...]) -> int:
    """Return how many tokens are the same in front."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (old, new) in pairs if old != new), min(len(first), len(second)))


def main() -> None:
    """Print the tables."""
    for model, opened in ((PHI3, False), (PHI3, True), (STARTER, True)):
        print(f"\n{model.id}{', two other files open' if opened else ''}")
        _print_keys(model, opened=opened)
    for model in (PHI3, STARTER):
        print(f"\n{model.id}, new tokens after a jump, two other files open")
        _print_jumps(model)


def _print_keys(model: ModelInfo, *, opened: bool) -> None:
    print(f"{'file':18} {'keys':>5} {'tokens':>7} {'mean':>7} {'median':>7} {'worst':>7}  keys below 95 %")
    for each in samples():
        for sample in (each, each.amid(AROUND)):
            files = neighbours(sample) if opened else ()
            found = shares(sample, model, files)
            *_, last = prompts(sample, model, files)
            numbers = (statistics.mean(found), statistics.median(found), min(found))
            below = sum(share < 0.95 for share in found)
            shown = " ".join(f"{number:7.1%}" for number in numbers)
            print(f"{sample.path:18} {len(found):5} {len(last):7} {shown}  {below}", flush=True)


def _print_jumps(model: ModelInfo) -> None:
    print(f"{'file':18} " + " ".join(f"{lines:>5} lines" for lines in JUMPS))
    for each in samples():
        costs = [jump(each.amid(AROUND), lines, model) for lines in JUMPS]
        print(f"{each.path:18} " + " ".join(f"{new:>5}/{size:<5}" for size, new in costs), flush=True)


if __name__ == "__main__":
    main()
