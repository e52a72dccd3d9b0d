"""The replay's figures on a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.machine import describe
from bench.typing_replay.output import summary
from bench.typing_replay.page import BEGIN, END, NoPlace, insert
from bench.typing_replay.records import Key, Played


def body(ms: float) -> dict[str, object]:
    keys = [
        Key(kind="type", at_ms=0, typed=1, asked=True, ms=ms, text="bc", screen="bc"),
        Key(kind="type", at_ms=9, typed=1, asked=True, ms=2.0, reason="dedent"),
    ]
    run = {
        "machine": describe(),
        "runs": 1,
        "keysPerPassage": None,
        "peer": "",
        "model": "built-in",
        "traces": ["m.py"],
    }
    return summary({"all": [[Played(trace="m.py", language="python", keys=keys)]]}, run, keys=False)


def test_the_figures_stand_between_the_marks(tmp_path: Path) -> None:
    """What is around them stays, and what was between them goes."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold figures\n{END}\n\nbehind\n", "utf-8")
    insert(body(4.0), page)
    insert(body(234.5), page)
    text = page.read_text("utf-8")
    assert text.startswith(f"before\n\n{BEGIN}\n")
    assert text.endswith(f"\n{END}\n\nbehind\n")
    assert "old figures" not in text
    assert "| all | 0.5 | 234 |" in text
    assert "| answer with a suggestion, p95 ms | 234 | ≤ 120 | missed |" in text
    assert "| dedent | 0.5 |" in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    """It has no place for figures."""
    page = tmp_path / "page.md"
    page.write_text("nothing here\n", "utf-8")
    with pytest.raises(NoPlace):
        insert(body(4.0), page)
    assert "nothing here\n" == page.read_text("utf-8")
