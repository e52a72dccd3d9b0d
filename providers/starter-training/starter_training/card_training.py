"""The model card's part about training: the run and those that it went on from, from their plans and logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from starter_training.card_figures import Figures, lines

TRAIN = "python -m starter_training train"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One run, as far as the next one went on from it."""

    name: str
    plan: Figures
    tokens: int
    """Seen at its end, those of the runs before it included."""
    seconds: float


def training_fields(run: Path) -> dict[str, str]:
    """Return the fields of the template; raises ReleaseError if a figure is missing, as in a run that has not ended."""
    stages = list(_stages(run))[::-1]
    log = _log(run)
    return {
        "trained_tokens": f"{stages[-1].tokens / 1e6:.1f}",
        "trained_hours": f"{sum(stage.seconds for stage in stages) / 3600:.1f}",
        "validation_loss": f"{log.get(-1, 'validation_loss'):.3f}",
        "stage_rows": "\n".join(_row(stage, tokens) for stage, tokens in zip(stages, _own_tokens(stages), strict=True)),
    }


def _stages(run: Path) -> Iterator[Stage]:
    """Yield the run, the one that it went on from, and so on."""
    before = float("inf")
    while run.name:
        plan, log = Figures(run / "plan.json", TRAIN), _log(run)
        entries = [(log.get(index, "tokens"), log.get(index, "seconds")) for index in range(len(log.get()))]
        counted = [entry for entry in entries if entry[0] < before]
        if not counted:
            raise log.missing("line before the run that went on from it")
        yield Stage(name=run.name, plan=plan, tokens=counted[-1][0], seconds=counted[-1][1])
        before = entries[0][0]
        run = run.parent / plan.raw("parent") if plan.raw("parent") else Path()


def _log(run: Path) -> Figures:
    return Figures(run / "log.jsonl", TRAIN, lines)


def _own_tokens(stages: list[Stage]) -> list[int]:
    return [after - before for before, after in pairwise([0, *(stage.tokens for stage in stages)])]


def _row(stage: Stage, tokens: int) -> str:
    rate, length = stage.plan.get("rate"), stage.plan.get("length")
    course = "falling to 0" if stage.plan.raw("decay_tokens") else "then constant"
    return f"| {stage.name} | {length:,} | {tokens / 1e6:.1f} M | {stage.seconds / 3600:.2f} | {rate:g}, {course} |"
