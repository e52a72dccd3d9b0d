"""What the keys of a configuration come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from statistics import median

from bench.report import percentile
from bench.typing_replay.reasons import NOT_ASKED
from bench.typing_replay.records import Counts, Key, Played

Figures = dict[str, float | None]

GENEROUS, BARE, PEER = "without gate and short-answers", "none", "llama.cpp"
"""Configurations that others are compared with."""
SAVED = f"characters saved, share of those {GENEROUS}"
LESS_PREFILL = "times less prompt tokens computed than with everything off"
COMPUTED = "prompt tokens computed"
IN_PLACE = "prompt tokens reused, share, typing in one place"
AGAINST_PEER = "answer with a suggestion, {} ms, share of llama.cpp's"
LIMITS: dict[str, tuple[str, float]] = {
    "answer with a suggestion, p50 ms": ("≤", 10.0),
    "answer with a suggestion, p95 ms": ("≤", 120.0),
    "without a new generation, share of answers": ("≥", 0.5),
    IN_PLACE: ("≥", 0.95),
    SAVED: ("≥", 0.95),
    LESS_PREFILL: ("≥", 10.0),
    "replaced while it fitted": ("≤", 0.0),
    "vanished while it fitted": ("≤", 0.0),
    AGAINST_PEER.format("p50"): ("≤", 0.5),
    AGAINST_PEER.format("p95"): ("≤", 0.5),
}
"""What the product is held to with the built-in model."""


def compared(found: Mapping[str, Figures]) -> dict[str, Figures]:
    """Return the figures of each configuration with those that only another one gives a meaning."""
    generous, bare, peer = found.get(GENEROUS), found.get(BARE), found.get(PEER) or {}
    return {
        name: {
            **each,
            SAVED: _share(each["characters saved"] or 0, (generous or {}).get("characters saved") or 0),
            LESS_PREFILL: _share((bare or {}).get(COMPUTED) or 0, each[COMPUTED] or 0) if bare else None,
            **{
                AGAINST_PEER.format(percent): _share(
                    each[row := f"answer with a suggestion, {percent} ms"] or 0, peer.get(row) or 0
                )
                for percent in ("p50", "p95", "p99")
            },
        }
        for name, each in found.items()
    }


def medians(runs: Sequence[Sequence[Played]]) -> Figures:
    """Return the median of each figure over several runs of the same traces."""
    found = [figures(traces) for traces in runs]
    return {name: _median([each[name] for each in found]) for name in found[0]}


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 4) if known else None


def figures(traces: Sequence[Played]) -> Figures:
    """Return the figures of a configuration, by name; None where nothing was measured."""
    keys = [key for played in traces for key in played.keys]
    counts: Counts = reduce(Counts.plus, (played.counts for played in traces))
    in_place: Counts = reduce(Counts.plus, (played.in_place for played in traces))
    return {
        **_answers(keys, counts),
        IN_PLACE: _share(in_place.tokens_reused, in_place.prompt_tokens),
        **_model(keys, counts),
        **_suggestions(keys, sum(played.lost for played in traces)),
    }


def latencies(traces: Sequence[Played]) -> list[float]:
    """Return the milliseconds from a key to its answer, of answers with a suggestion."""
    return [key.ms or 0.0 for played in traces for key in played.keys if key.answered]


def unanswered(traces: Sequence[Played]) -> dict[str, float]:
    """Return the share of all keys that had no suggestion, by the reason, the most frequent first."""
    keys = [key for played in traces for key in played.keys]
    found = Counter(_why(key) for key in keys if not key.answered)
    return {reason: round(count / len(keys), 4) for reason, count in found.most_common()}


def _why(key: Key) -> str:
    if not key.asked:
        return "the editor did not ask"
    # Of a request that was cancelled before the server began with it there is no decision.
    return key.reason or ("unknown" if key.late_ms is None else "cancelled before it was begun")


def _spared(key: Key) -> bool:
    """Tell whether no model was asked for this key, without the suggestion cache having had to do with it."""
    return not key.asked or key.reason in NOT_ASKED


def _answers(keys: Sequence[Key], counts: Counts) -> Figures:
    asked = [key for key in keys if key.asked]
    with_suggestion = [key.ms or 0.0 for key in asked if key.answered]
    empty = [key.ms for key in asked if key.ms is not None and not key.text]
    return {
        "keys": len(keys),
        "asked": len(asked),
        "answered": len(with_suggestion),
        "answered, share of keys": _share(len(with_suggestion), len(keys)),
        "suggestion on screen at the next key, share": _share(sum(bool(key.screen) for key in keys), len(keys)),
        "from the suggestion cache, share of answers": _share(counts.hits, counts.shown),
        "without a new generation, share of answers": _share(counts.hits + counts.joined, counts.shown),
        "generations per answer": _share(counts.requests, len(with_suggestion)),
        **_spread("answer with a suggestion", with_suggestion),
        **_spread("answer without one", empty),
        "no model asked, share of keys": _share(sum(_spared(key) for key in keys), len(keys)),
        "not answered before the next key": sum(key.ms is None for key in asked),
    }


def _model(keys: Sequence[Key], counts: Counts) -> Figures:
    typed = sum(key.typed for key in keys)
    return {
        "generations": counts.requests,
        "prompt tokens": counts.prompt_tokens,
        "prompt tokens reused": counts.tokens_reused,
        "prompt tokens reused, share": _share(counts.tokens_reused, counts.prompt_tokens),
        COMPUTED: counts.prompt_tokens - counts.tokens_reused,
        "tokens generated": counts.new_tokens,
        "tokens generated per character typed": _share(counts.new_tokens, typed),
        "server, processor s": counts.server_s,
        "server, processor ms per key": _share(1000 * counts.server_s, len(keys)),
        "worker, processor s": counts.workers_s,
    }


def _suggestions(keys: Sequence[Key], lost: int) -> Figures:
    characters = sum(key.accepted for key in keys)
    written = sum(key.typed for key in keys) + characters
    saved = sum(key.saved for key in keys)
    return {
        "characters typed": sum(key.typed for key in keys),
        "suggestions shown": _shown(keys),
        "accepted": sum(key.kind == "accept" for key in keys),
        "accepted by word": sum(key.kind == "accept word" for key in keys),
        "accepted characters": characters,
        "kept at the end, characters": characters - lost,
        "characters saved": saved,
        "characters saved, share of the text": _share(saved, written),
        "replaced while it fitted": sum(key.replaced for key in keys),
        "vanished while it fitted": sum(key.vanished for key in keys),
    }


def _shown(keys: Sequence[Key]) -> int:
    """Count suggestions that came new on the screen; one that is typed along is the same."""
    fresh = 0
    before = ""
    for key in keys:
        fresh += bool(key.screen) and not (before and before.endswith(key.screen))
        before = key.screen
    return fresh


def _spread(name: str, values: Sequence[float]) -> Figures:
    return {
        f"{name}, p{percent} ms": round(percentile(values, percent / 100), 2) if values else None
        for percent in (50, 95, 99)
    }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
