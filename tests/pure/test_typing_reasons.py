"""Why keys of a replay had no suggestion."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bench.typing_replay.figures import figures, unanswered
from bench.typing_replay.reasons import REMEMBERED, Asked, matched
from bench.typing_replay.records import Key, Played

from phi_ls.decisions import Decision, Decisions, Reason

URI = "file:///m.py"
BEGUN = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)


def at(ms: int) -> dt.datetime:
    return BEGUN + dt.timedelta(milliseconds=ms)


def decided(ms: int, character: int, reason: str) -> dict[str, Any]:
    return {"time": at(ms).isoformat(timespec="milliseconds"), "line": 3, "character": character, "reason": reason}


def asked(number: int, ms: int, character: int, uri: str = URI) -> Asked:
    return Asked(number, uri, 3, character, at(ms) + dt.timedelta(microseconds=900))


def test_a_decision_is_found_by_place_and_time() -> None:
    """Of two requests at one place each has its own, though the server's clock cuts off what is below a millisecond."""
    requests = [asked(1, 0, 5), asked(2, 100, 6), asked(3, 200, 5)]
    decisions = [decided(200, 5, "empty"), decided(100, 6, "midWord"), decided(90, 5, "superseded")]
    assert {1: "superseded", 2: "midWord", 3: "empty"} == matched(requests, URI, decisions)


def test_a_request_without_a_decision_has_no_reason() -> None:
    """One that is answered, one of another document, and an older one at a place where a newer one was decided."""
    requests = [asked(1, 100, 5), asked(2, 100, 6), asked(3, 100, 7, "file:///other.py"), asked(4, 0, 6)]
    decisions = [decided(120, 7, "empty"), decided(120, 6, "empty"), decided(50, 5, "empty")]
    assert {2: "empty"} == matched(requests, URI, decisions)


def test_the_server_remembers_as_many_as_the_replay_reckons_with() -> None:
    """The replay asks before they are forgotten."""
    decisions = Decisions()
    for line in range(REMEMBERED + 10):
        decisions.record(Decision(time="", uri=URI, line=line, character=0, reason=Reason.EMPTY))
    assert REMEMBERED == len(decisions.latest())


def test_reasons_are_shares_of_all_keys() -> None:
    """Also of those for which the editor did not ask; a gate spares the model."""
    keys = [
        Key(kind="type", at_ms=0, asked=True, ms=4.0, text="bc"),
        Key(kind="type", at_ms=1, asked=True, ms=4.0, reason="midWord"),
        Key(kind="type", at_ms=2, asked=True, late_ms=4.0, reason="superseded"),
        Key(kind="move", at_ms=3),
    ]
    played = Played(trace="m.py", language="python", keys=keys)
    assert {"midWord": 0.25, "superseded": 0.25, "the editor did not ask": 0.25} == unanswered([played])
    assert 0.5 == figures([played])["no model asked, share of keys"]
