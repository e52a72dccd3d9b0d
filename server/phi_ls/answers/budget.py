"""How many tokens a suggestion may have, by how fast the device writes."""

from __future__ import annotations

SINGLE_LINE_TOKENS = 48
MULTILINE_TOKENS = 160
RESERVE_TOKENS = 192
"""Kept free in the context for the answer, the same for both so that the window's edge does not depend on which."""

LEAST_TOKENS = 16
"""Short lines have about ten; with fewer than this hardly one would ever be whole."""

BLOCK_LIMIT_MS = 2500.0
"""So long all the tokens of a block may take. Blocks end after about a third of them, thus within the 0.9 s for which a
person who copies text stops at the beginning of a line; a first line alone is there five times sooner."""

ANSWER_WITHIN_S = 8.0
"""Later than this nobody waits for ghost text; the generation goes on into the cache."""


def is_block_cheap(decode_ms_per_token: float) -> bool:
    """Tell whether a block comes soon enough to be asked for at once; an engine that has measured nothing says 0."""
    return MULTILINE_TOKENS * decode_ms_per_token <= BLOCK_LIMIT_MS


def most_tokens(decode_ms_per_token: float, *, multiline: bool) -> int:
    """Return the tokens to ask for: no more than are there while somebody waits."""
    wanted = MULTILINE_TOKENS if multiline else SINGLE_LINE_TOKENS
    if decode_ms_per_token <= 0:
        return wanted
    in_time = int(ANSWER_WITHIN_S * 1000 / decode_ms_per_token)
    return min(wanted, max(in_time, LEAST_TOKENS))
