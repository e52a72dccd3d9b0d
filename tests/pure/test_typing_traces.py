"""Traces of typing: whatever is accepted on the way, the file ends as it was meant to."""

from __future__ import annotations

from pathlib import Path

from bench.typing_replay.sampling import Source, sample
from bench.typing_replay.traces import Edit, Passage, Trace, edit, next_stroke, read, state, write
from bench.typing_replay.typist import Habits, Typist
from hypothesis import given
from hypothesis import strategies as st

CLUMSY = Habits(slips=0.3, second_thoughts=0.3)
LINE = st.text("ab(: {}.", min_size=1, max_size=12).map(str.strip).filter(bool)
INDENT = st.sampled_from(["", "    ", "        ", "\t"])
TEXTS = st.lists(st.one_of(st.just(""), st.tuples(INDENT, LINE).map("".join)), min_size=1, max_size=6).map(
    lambda lines: "\n".join(["x", *lines, "y"])
)


def applied(text: str, change: Edit) -> str:
    return text[: change.start] + change.text + text[change.end :]


def played(passage: Passage, accepted: dict[int, int]) -> str:
    """Type a passage; before stroke number `n` accept `accepted[n]` characters where nothing is wrong."""
    typed, done, at = "", 0, 0
    while at < len(passage.strokes):
        more = accepted.get(at, 0)
        if more and typed == passage.text[:done]:
            done = min(done + more, len(passage.text))
            typed = applied(typed, edit(typed, passage.text[:done]))
            at = next_stroke(passage, at, done)
            continue
        done = passage.strokes[at].done
        typed = applied(typed, edit(typed, state(passage, passage.strokes[at])))
        at += 1
    return typed


@given(TEXTS, st.integers(0, 50), st.dictionaries(st.integers(0, 60), st.integers(1, 30), max_size=6))
def test_a_passage_ends_in_its_text_whatever_is_accepted(text: str, seed: int, accepted: dict[int, int]) -> None:
    """Slips, corrections and suggestions on the way leave nothing behind."""
    passage = Typist(str(seed), CLUMSY).passage(0, text, above="    ")
    assert text == played(passage, accepted)


@given(TEXTS, st.integers(0, 50))
def test_the_same_seed_types_the_same(text: str, seed: int) -> None:
    """A replay can be repeated."""
    assert Typist(str(seed)).passage(0, text) == Typist(str(seed)).passage(0, text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_an_edit_makes_one_state_into_the_next(old: str, new: str) -> None:
    """What is sent to the server is what has changed."""
    assert new == applied(old, edit(old, new))


def test_slips_are_noticed_late_and_taken_back() -> None:
    """Wrong letters, some right ones behind them, and then backspaces."""
    passage = Typist("1", CLUMSY).passage(0, "return compute_values(everything)")
    wrong = [stroke.wrong for stroke in passage.strokes]
    assert max(map(len, wrong)) > 1
    assert "" == wrong[-1]


def test_the_editor_indents_and_too_much_is_taken_away() -> None:
    """Behind a colon a level more, and a backspace where the block ends."""
    quiet = Habits(slips=0, second_thoughts=0)
    passage = Typist("1", quiet).passage(0, "if a:\n    b\nc")
    states = [state(passage, stroke) for stroke in passage.strokes]
    assert ["if a:\n    ", "if a:\n    b", "if a:\n    b\n    ", "if a:\n    b\n", "if a:\n    b\nc"] == states[5:]


def some_file() -> Source:
    lines = [f"    value_{number} = compute(value_{number - 1}, {number})" for number in range(200)]
    return Source(path="m.py", language="python", origin="m 1 (MIT)", text="\n".join(["def f():", *lines]) + "\n")


def test_a_trace_makes_the_file_whole_again() -> None:
    """The file without the passages, and the passages at their offsets, are the file."""
    traces = [sample(some_file(), str(seed)) for seed in range(30)]
    assert {some_file().text} == {trace.intended for trace in traces if trace}
    assert None not in traces


def test_traces_are_kept_as_they_are(tmp_path: Path) -> None:
    """JSON and back."""
    trace = sample(some_file(), "1")
    assert isinstance(trace, Trace)
    write([trace], tmp_path / "kept" / "traces.json")
    assert [trace] == read(tmp_path / "kept" / "traces.json")


def test_a_small_file_has_no_trace() -> None:
    """There must be two places, and more around them than is typed."""
    source = some_file()
    assert sample(Source(path="m.py", language="python", origin="m", text=source.text[:900]), "1") is None
