"""A small model's line, or how the document goes on where it stood like this before: whichever is right more often.

A model of a few million weights is seldom sure, and people repeat themselves. Both certainties are measured, so that
one can be weighed against the other, and against the certainty that the user asks of the model.
"""

from __future__ import annotations

from collections.abc import Sequence

from phi_ls.context.repeats import Repeat
from phi_ls.context.snapshot import Snapshot
from phi_ls.decisions import Drop
from phi_ls.ghost_text.trim import shape

Points = Sequence[tuple[float, float]]
"""(certainty, share of suggestions that were right), both rising."""

REPEATS: Points = ((1.74, 0.027), (5.066, 0.077), (9.574, 0.082), (16.536, 0.191), (63.251, 0.419))
"""Characters other than blanks that stand elsewhere, too, and how often the line then goes on as it does there. At
cursors in packages of Python, JavaScript and TypeScript: `python -m starter_training calibrate`."""


def weigh(
    snapshot: Snapshot,
    mine: str | Drop,
    *,
    probability: float,
    min_confidence: float,
    calibration: Points,
    repeat: Repeat | None,
) -> str | Drop:
    """Return the line to show: the model's, `mine`, or the repetition's; or why there is none.

    `calibration` says how often the model is right at which mean probability. A repetition is shown where it is right
    more often than the model here, and at least as often as the model at the probability that the user asks for.
    """
    if repeat is None:
        return mine
    other = shape(snapshot, repeat.rest, multiline=False, mean_probability=None, min_confidence=0.0)
    if isinstance(other, Drop) or other == mine:
        return mine
    least = share(calibration, min_confidence if isinstance(mine, Drop) else max(probability, min_confidence))
    return other if share(REPEATS, repeat.matched) > least else mine


def share(points: Points, certainty: float) -> float:
    """Return the share that is right at this certainty, on a line between the points; level beyond the ends."""
    below = [point for point in points if point[0] <= certainty]
    above = [point for point in points if point[0] > certainty]
    if not below or not above:
        return (below or above)[-1 if below else 0][1]
    (left, low), (right, high) = below[-1], above[0]
    return low + (high - low) * (certainty - left) / (right - left)
