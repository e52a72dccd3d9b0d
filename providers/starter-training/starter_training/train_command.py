"""The command that trains: the phases of a recipe one after the other, each from where it was interrupted."""

from __future__ import annotations

from typing import Annotated, Any

import tomllib
import typer

from starter_training import checkpoint, curve
from starter_training.model import Shape
from starter_training.places import RECIPE
from starter_training.train import Plan, start


def plans(name: str) -> list[Plan]:
    """Return the phases of a recipe in `recipe.toml`, each the child of the one before; raises KeyError."""
    recipe = tomllib.loads((RECIPE / "recipe.toml").read_text("utf-8"))[name]
    shape = Shape(**recipe["shape"])
    common: dict[str, Any] = {key: value for key, value in recipe.items() if key not in ("shape", "phases")}
    found: list[Plan] = []
    for phase in recipe["phases"]:
        parent = phase.get("parent", found[-1].run if found else "")
        found.append(Plan(shape=shape, **{**common, **phase, "parent": parent}))
    return found


def main(
    name: Annotated[str, typer.Argument(help="A recipe in recipe.toml.")] = "starter",
    until: Annotated[str | None, typer.Option(help="The last phase to run.")] = None,
) -> None:
    """Train the phases of a recipe that are not finished; interrupted ones go on from their checkpoint."""
    for plan in plans(name):
        if not (checkpoint.folder(plan.run) / "final").exists():
            start(plan)
            curve.main(plan.run)
        if plan.run == until:
            return
