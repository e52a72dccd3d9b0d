"""The steps from packages to the shipped model, one command each: `python -m starter_training STEP`."""

from __future__ import annotations

import importlib
import sys

import typer

from starter_training.places import REPOSITORY

STEPS = {
    "collect": "collect",
    "clean": "corpus",
    "tokenizer": "tokenizer",
    "pack": "pack",
    "train": "train_command",
    "curve": "curve",
    "export": "export",
    "release": "release",
    "calibrate": "evaluation.calibration",
    "passages": "evaluation.other_files",
    "evaluate": "evaluation.run",
}
"""Command → module; each module's `main` is the command. They live in two environments, so only one is imported."""


def main() -> None:
    """Run the step that the first argument names."""
    step = sys.argv[1] if len(sys.argv) > 1 else ""
    if step not in STEPS:
        raise SystemExit(f"usage: python -m starter_training STEP; the steps are, in order, {', '.join(STEPS)}")
    # Samples are built with the product's own prompts: those of this checkout, never of another.
    sys.path[:0] = [str(REPOSITORY / "server"), str(REPOSITORY / "providers")]
    module = importlib.import_module(f"starter_training.{STEPS[step]}")
    sys.argv[:2] = [f"starter_training {step}"]
    typer.run(module.main)


if __name__ == "__main__":
    main()
