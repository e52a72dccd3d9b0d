"""What the status says of a worker's work, from what each request cost."""

from __future__ import annotations

from phi_providers.messages import Usage
from phi_providers.tally import RECENT, Tally


def test_sums_and_speed() -> None:
    """Prompts, reused tokens and new ones add up; the speed is that of the tokens after each first one."""
    tally = Tally().plus(Usage(prompt_tokens=100, tokens_reused=60, new_tokens=11, ms_per_token=50))
    tally = tally.plus(Usage(prompt_tokens=20, tokens_reused=20, new_tokens=31, ms_per_token=150))
    assert (2, 120, 80, 42) == (tally.requests, tally.prompt_tokens, tally.tokens_reused, tally.new_tokens)
    assert 40 / (10 * 0.05 + 30 * 0.15) == tally.tokens_per_s


def test_no_speed_without_a_second_token() -> None:
    """A prefill and an answer of one token say nothing of decoding."""
    assert Tally().plus(Usage(prompt_tokens=9)).plus(Usage(new_tokens=1, ms_per_token=5)).tokens_per_s is None


def test_the_speed_is_that_of_the_last_requests() -> None:
    """A worker that has become slower is soon shown as slow."""
    tally = Tally().plus(Usage(new_tokens=1001, ms_per_token=1))
    for _ in range(RECENT):
        tally = tally.plus(Usage(new_tokens=2, ms_per_token=100))
    assert tally.tokens_per_s is not None
    assert 10 == round(tally.tokens_per_s)
