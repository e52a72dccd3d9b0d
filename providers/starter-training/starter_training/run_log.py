"""The log of a run: one JSON object a line, kept in the repository."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any

from starter_training.places import RUNS


class RunLog:
    """Appends to `runs/<run>/log.jsonl`; a run that goes on goes on in the same file."""

    def __init__(self, run: str, plan: dict[str, Any]) -> None:
        folder = RUNS / run
        folder.mkdir(parents=True, exist_ok=True)
        plan = {name: value for name, value in plan.items() if value != float("inf")}
        (folder / "plan.json").write_text(json.dumps(plan, indent=2) + "\n", "utf-8")
        self._file = (folder / "log.jsonl").open("a", encoding="utf-8")

    def line(self, **values: float) -> None:
        """Write one line, at once."""
        self._file.write(json.dumps(values) + "\n")
        self._file.flush()
        print(json.dumps(values), flush=True)

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()
