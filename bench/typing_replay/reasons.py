"""Why a key had no suggestion: the server's decisions, each found again by its place and its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phi_ls.decisions import Reason

REMEMBERED = 50
"""Decisions that the server remembers, those with a suggestion among them, though it does not tell of them."""

NOT_ASKED = frozenset(
    {
        Reason.DISABLED,
        Reason.EXCLUDED,
        Reason.TOO_LARGE,
        Reason.BINARY,
        Reason.MID_WORD,
        Reason.TEXT_TO_THE_RIGHT,
        Reason.INSIDE_STRING,
        Reason.JUST_DELETED,
        Reason.REJECTED_RECENTLY,
    }
)
"""With these no model was asked."""

UNKNOWN = "unknown"
"""The decision was not made yet when the server was asked for it, or forgotten already."""


@dataclass(frozen=True)
class Asked:
    """A request for a suggestion."""

    id: int
    uri: str
    line: int
    character: int
    at: dt.datetime


def matched(asked: Iterable[Asked], uri: str, decisions: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Return the reasons of requests by their ids; `decisions` as `phi-ls.whyNoSuggestion` tells them, newest first."""
    open_ones = [(*_place(each), dt.datetime.fromisoformat(each["time"]), str(each["reason"])) for each in decisions]
    found: dict[int, str] = {}
    # From the newest request back, each takes the first decision on its place that is not older than it.
    for request in sorted((each for each in asked if each.uri == uri), key=lambda each: each.at, reverse=True):
        # The server's time is cut to milliseconds.
        since = request.at - dt.timedelta(milliseconds=1)
        mine = [each for each in open_ones if each[:2] == (request.line, request.character) and each[2] >= since]
        if mine:
            found[request.id] = mine[-1][3]
            open_ones = [each for each in open_ones if each not in mine]
    return found


def _place(decision: Mapping[str, Any]) -> tuple[int, int]:
    return int(decision["line"]), int(decision["character"])
