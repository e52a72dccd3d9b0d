"""Which prompt the built-in model continues better: suffix first, or only what stands in front of the cursor.

Cursors in pip's own source, which was kept out of training; greedy, one line. `python -m bench.infill_form`
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pip
from rich.console import Console
from rich.table import Table

from phi_providers.engines.openvino import make_provider
from phi_providers.messages import Control, Cut, Load, Part, Piece, Request, Started
from phi_providers.models.installed import builtin

CURSORS, LINES_BEFORE, LINES_AFTER = 400, 60, 25


def cursors(count: int, seed: int = 5) -> list[tuple[str, str, str, str]]:
    """Return (kind, text before, rest of the line, lines after) at random places, half of them at a line's start."""
    choose = random.Random(seed)
    files = [path for path in sorted(Path(pip.__file__).parent.rglob("*.py")) if 3000 < path.stat().st_size < 60000]
    found: list[tuple[str, str, str, str]] = []
    while len(found) < count:
        lines = choose.choice(files).read_text("utf-8", errors="replace").split("\n")
        row = choose.randrange(len(lines))
        line, indent = lines[row], len(lines[row]) - len(lines[row].lstrip())
        words = [match.end() for match in re.finditer(r"[\w)\],:=.(]+", line)][:-1]
        kind = choose.choice(("line start", "mid-line"))
        if row < 20 or len(line.strip()) < 10 or (kind == "mid-line" and not words):
            continue
        column = indent if kind == "line start" else choose.choice(words)
        before = "\n".join([*lines[max(0, row - LINES_BEFORE) : row], line[:column]])
        after = "\n".join(["", *lines[row + 1 : row + LINES_AFTER]])
        found.append((kind, before, line[column:], after))
    return found


def main() -> None:
    """Ask at every cursor in both forms and print how often the first word and the whole line are right."""
    provider = make_provider(Load(engine="openvino", device="CPU", model=builtin()))
    provider.load(lambda _stage: None)
    right: Counter[tuple[str, str, str]] = Counter()
    for number, (kind, before, truth, after) in enumerate(cursors(CURSORS)):
        prefix = Part(text=before, cut=Cut.START, keep=2, name="prefix")
        suffix = Part(text=after, cut=Cut.END, keep=1, name="suffix")
        controls = [Part(control=each) for each in (Control.FIM_SUFFIX, Control.FIM_PREFIX, Control.FIM_MIDDLE)]
        forms = {
            "suffix first": (controls[0], suffix, controls[1], prefix, controls[2]),
            "left to right": (prefix,),
        }
        for form, parts in forms.items():
            pieces: list[str] = []

            def emit(frame: Piece | Started, pieces: list[str] = pieces) -> bool:
                pieces.append(frame.text if isinstance(frame, Piece) else "")
                return "\n" not in "".join(pieces).lstrip("\n")

            provider.generate(Request(id=number, parts=parts, max_new_tokens=24), emit)
            line = "".join(pieces).lstrip("\n").split("\n")[0]
            right[kind, form, "cursors"] += 1
            right[kind, form, "first word"] += _word(line) == _word(truth)
            right[kind, form, "line"] += line.strip() == truth.strip()
    table = Table("cursor", "prompt", "cursors", "first word right", "whole line right")
    for kind, form in sorted({(kind, form) for kind, form, _ in right}):
        count = right[kind, form, "cursors"]
        shares = [f"{right[kind, form, what] / count:.1%}" for what in ("first word", "line")]
        table.add_row(kind, form, str(count), *shares)
    Console().print(table)


def _word(text: str) -> str:
    match = re.match(r"\s*(\w+|[^\w\s]+)", text)
    return match[1] if match else ""


if __name__ == "__main__":
    main()
