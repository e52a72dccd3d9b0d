"""Tries again what failed for a while: as often as it brings something, and a few times when it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from phi_providers.hub.failures import Cancelled, PullFailed, TryAgain

WAITS_S = (1.0, 2.0, 4.0)
"""Before each further attempt; after the last, the user is told."""

LONGEST_WAIT_S = 300.0
"""A hub that asks for more has had enough of this machine for today."""

Result = TypeVar("Result")


def patiently(
    attempt: Callable[[], Result],
    cancelled: threading.Event,
    *,
    waits_s: Sequence[float] = WAITS_S,
    gained: Callable[[], int] = lambda: 0,
    say: Callable[[str], None] = lambda _: None,
) -> Result:
    """Return what the attempt returns; raises PullFailed when it keeps raising TryAgain.

    `gained`: a number that grows with what has arrived; an attempt that made it grow was not in vain.
    """
    fruitless = 0
    while True:
        before = gained()
        try:
            return attempt()
        except TryAgain as exc:
            fruitless = 0 if gained() > before else fruitless + 1
            if fruitless > len(waits_s):
                raise PullFailed(f"{exc}; try again later, what was fetched is kept") from exc
            wait_s = waits_s[max(fruitless, 1) - 1] if exc.wait_s is None else exc.wait_s
            if wait_s > LONGEST_WAIT_S:
                raise PullFailed(f"{exc}, and asks to wait {wait_s / 60:.0f} minutes; try again then") from exc
            say(f"{exc}; trying again in {wait_s:g} s")
        if cancelled.wait(wait_s):
            raise Cancelled
