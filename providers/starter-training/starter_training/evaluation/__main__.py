"""`python -m starter_training.evaluation`: the whole evaluation."""

from __future__ import annotations

import typer

from starter_training.evaluation.run import main

if __name__ == "__main__":
    typer.run(main)
