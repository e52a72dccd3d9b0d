"""The curve of the loss over the tokens seen, as a picture for the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import matplotlib as mpl
import typer

from starter_training.places import RUNS

mpl.use("Agg")
from matplotlib import pyplot as plt


def chain(run: str) -> list[str]:
    """Return the runs that led to this one, the first of them first."""
    parent = json.loads((RUNS / run / "plan.json").read_text("utf-8"))["parent"]
    return [*(chain(parent) if parent else []), run]


def lines(run: str) -> list[dict[str, Any]]:
    """Return what a run has logged."""
    return [json.loads(line) for line in (RUNS / run / "log.jsonl").read_text("utf-8").splitlines()]


def draw(run: str, into: Path) -> None:
    """Write the picture of a run and of those that it went on from."""
    figure, axes = plt.subplots(figsize=(8, 4.5), dpi=120)
    rates = axes.twinx()
    for name in chain(run):
        logged = [line for line in lines(name) if "loss" in line]
        tokens = [line["tokens"] / 1e6 for line in logged]
        axes.plot(tokens, [line["loss"] for line in logged], linewidth=1.2, label=f"{name}: training")
        rates.plot(tokens, [line["rate"] for line in logged], color="0.7", linewidth=0.8)
        ends = [line for line in lines(name) if "validation_loss" in line]
        axes.plot(
            [line["tokens"] / 1e6 for line in ends],
            [line["validation_loss"] for line in ends],
            "k.",
            label="validation packages" if name == run else None,
        )
    axes.set(xlabel="tokens seen, millions", ylabel="loss, nats a token", title=f"{run}: loss; in grey the rate")
    axes.set_ylim(top=6.5)
    rates.set_ylim(bottom=0)
    rates.set_yticks([])
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(into)
    plt.close(figure)


def main(run: Annotated[str, typer.Argument(help="The run; its forerunners are drawn, too.")]) -> None:
    """Draw the curve of a run into `runs/<run>/curve.png`."""
    draw(run, RUNS / run / "curve.png")
