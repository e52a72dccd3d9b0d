"""What is counted from the keys of a replay."""

from __future__ import annotations

from bench.typing_replay.figures import BARE, GENEROUS, IN_PLACE, LESS_PREFILL, SAVED, compared, figures, medians
from bench.typing_replay.records import Counts, Key, Played


def played(first_ms: float = 4.0) -> Played:
    keys = [
        Key(kind="type", at_ms=0, typed=1, asked=True, ms=first_ms, text="bcdef", screen="bcdef"),
        Key(kind="type", at_ms=100, typed=1, asked=True, ms=2.0, text="cdef", screen="cdef"),
        Key(kind="accept", at_ms=200, accepted=4, saved=3, asked=True, ms=9.0),
        Key(kind="type", at_ms=300, typed=1, asked=True, late_ms=80.0),
    ]
    counts = Counts(requests=3, prompt_tokens=300, tokens_reused=270, new_tokens=6, shown=2, hits=1, joined=1)
    return Played(trace="m.py", language="python", keys=keys, counts=counts, in_place=counts, lost=1)


def test_only_answers_with_a_suggestion_have_a_time() -> None:
    """Empty answers have another row, late ones none."""
    found = figures([played()])
    assert (2, 0.5, 4.0) == tuple(
        found[name] for name in ("answered", "answered, share of keys", "answer with a suggestion, p95 ms")
    )
    assert 9.0 == found["answer without one, p50 ms"]
    assert 1 == found["not answered before the next key"]


def test_a_suggestion_that_is_typed_along_is_one() -> None:
    """Shown once, taken once; of its four characters one was deleted again."""
    found = figures([played()])
    assert (1, 1, 4, 3, 3) == tuple(
        found[name]
        for name in (
            "suggestions shown",
            "accepted",
            "accepted characters",
            "kept at the end, characters",
            "characters saved",
        )
    )


def test_counters_become_shares() -> None:
    """Of the server and of its workers."""
    found = figures([played()])
    assert (1.0, 0.9, 2.0, 30) == (
        found["without a new generation, share of answers"],
        found[IN_PLACE],
        found["tokens generated per character typed"],
        found["prompt tokens computed"],
    )


def test_several_runs_give_medians() -> None:
    """One run beside another program decides nothing."""
    found = medians([[played(4.0)], [played(900.0)], [played(5.0)]])
    assert 5.0 == found["answer with a suggestion, p95 ms"]


def test_some_figures_compare_configurations() -> None:
    """What is saved beside a server that is asked always, and computed beside one that keeps nothing."""
    mine = figures([played()])
    generous, bare = {**mine, "characters saved": 4.0}, {**mine, "prompt tokens computed": 300.0}
    found = compared({"all": mine, GENEROUS: generous, BARE: bare})["all"]
    assert (0.75, 10.0) == (found[SAVED], found[LESS_PREFILL])
    assert (None, None) == tuple(compared({"all": mine})["all"][name] for name in (SAVED, LESS_PREFILL))
