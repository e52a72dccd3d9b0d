"""What a slow device puts off and leaves out: by the rhythm of the keys, and by how fast it writes."""

from __future__ import annotations

import pytest

from phi_ls.ahead.rhythm import KEYS, LONGEST_WAIT_MS, Rhythm, decode_wait_ms
from phi_ls.answers.budget import (
    BLOCK_LIMIT_MS,
    LEAST_TOKENS,
    MULTILINE_TOKENS,
    SINGLE_LINE_TOKENS,
    is_block_cheap,
    most_tokens,
)
from phi_ls.speeds import LINE_LIMIT_MS

FAST = (120.0,) * 6
SLOW_LINE_MS = 2400.0
"""A line of 24 tokens at 100 ms each."""


@pytest.mark.parametrize(
    ("gaps_ms", "line_ms", "line_begun", "expected"),
    [
        (FAST, SLOW_LINE_MS, True, 150.0),
        ((), SLOW_LINE_MS, True, 0.0),
        (FAST[:2], SLOW_LINE_MS, True, 0.0),
        (FAST, 0.0, True, 0.0),
        (FAST, 24.0, True, 0.0),
        (FAST, LINE_LIMIT_MS, True, 0.0),
        (FAST, LINE_LIMIT_MS + 1, True, 150.0),
        (FAST, SLOW_LINE_MS, False, 0.0),
        ((230.0,) * 6, SLOW_LINE_MS, True, LONGEST_WAIT_MS),
        ((260.0,) * 6, SLOW_LINE_MS, True, 0.0),
        ((*FAST, 1500.0), SLOW_LINE_MS, True, 0.0),
        ((1500.0, 100.0, 100.0, 100.0), SLOW_LINE_MS, True, 125.0),
        ((100.0, 100.0, 900.0, 100.0), SLOW_LINE_MS, True, 125.0),
    ],
    ids=[
        "a burst on a slow device",
        "no key yet",
        "too few keys",
        "an engine that has measured nothing",
        "a device that writes a line between two keys",
        "one that is just quick enough to type against",
        "one that is not",
        "the beginning of a line",
        "never longer than people's mean gap",
        "somebody who types slowly",
        "the first key after a pause",
        "a burst since the last pause",
        "one late key",
    ],
)
def test_decoding_waits_in_a_burst_that_is_faster_than_the_device(
    gaps_ms: tuple[float, ...], line_ms: float, line_begun: bool, expected: float
) -> None:
    """It waits a little longer than the typical gap, and only for a device that is too slow to type against."""
    assert expected == decode_wait_ms(gaps_ms, line_ms=line_ms, line_begun=line_begun)


def test_the_rhythm_is_that_of_the_last_keys_of_a_document() -> None:
    """Each document has its own; old gaps are forgotten."""
    times = iter([0.0, 0.1, 5.0, 5.2, *(6.0 + number for number in range(KEYS + 1))])
    rhythm = Rhythm(clock=lambda: next(times))
    rhythm.key("a")
    rhythm.key("a")
    rhythm.key("b")
    rhythm.key("b")
    assert [pytest.approx((100.0,)), pytest.approx((200.0,)), ()] == [rhythm.gaps_ms(uri) for uri in "abc"]
    for _ in range(KEYS + 1):
        rhythm.key("b")
    assert (1000.0,) * KEYS == rhythm.gaps_ms("b")


@pytest.mark.parametrize(
    ("decode_ms", "multiline", "expected"),
    [
        (0.0, False, SINGLE_LINE_TOKENS),
        (0.0, True, MULTILINE_TOKENS),
        (1.0, True, MULTILINE_TOKENS),
        (100.0, True, 80),
        (100.0, False, SINGLE_LINE_TOKENS),
        (250.0, False, 32),
        (5000.0, False, LEAST_TOKENS),
    ],
)
def test_no_more_is_asked_for_than_comes_in_time(decode_ms: float, multiline: bool, expected: int) -> None:
    """A device that is slow enough gets fewer tokens; a line is never cut to nothing."""
    assert expected == most_tokens(decode_ms, multiline=multiline)


def test_a_block_is_cheap_where_it_comes_soon() -> None:
    """An engine that has measured nothing is taken for a quick one."""
    limit = BLOCK_LIMIT_MS / MULTILINE_TOKENS
    assert [True, True, True, False] == [is_block_cheap(ms) for ms in (0.0, 1.0, limit, limit + 0.1)]
