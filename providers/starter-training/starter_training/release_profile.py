"""profile.json: what the product is told about the model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starter_training.release_error import ReleaseError

ROLES = ("begin", "system", "user", "assistant", "end", "fim_prefix", "fim_suffix", "fim_middle")

END_OF_TEXT = "<|endoftext|>"

NO_STOPS = ("<unk>", "<s>", END_OF_TEXT)
"""The first two are never written by the model; the third leads the list of stops."""

DECIDED = ("id", "family", "context", "infill", "header", "snippets", "chat", "languages", "calibration", "note")


def profile(
    decided: Mapping[str, Any],
    added_tokens: Sequence[Mapping[str, Any]],
    *,
    positions: int,
    weights: int,
    chars_per_token: float,
    precision: str,
) -> dict[str, Any]:
    """Return the profile of a model of so many weights; raises ReleaseError for one that cannot be true.

    `decided` is the section `profile` of release.json; in its note, {millions} stands for the millions of weights.
    `added_tokens` is the section of the tokenizer, `positions` what the model can tell apart.
    """
    wrong = sorted(set(DECIDED) ^ set(decided))
    if wrong:
        raise ReleaseError(
            f"the profile in release.json lacks {wrong[0]}, or does not know it; it takes {', '.join(DECIDED)}"
        )
    if decided["context"] > positions:
        raise ReleaseError(f"a context of {decided['context']} is beyond the model's {positions}")
    ids = {token["content"]: int(token["id"]) for token in added_tokens if token["special"]}
    missing = [name for name in (END_OF_TEXT, *map(_token, ROLES)) if name not in ids]
    if missing:
        raise ReleaseError(f"the tokenizer has no {', '.join(missing)}; train the vocabulary anew")
    return {
        "id": decided["id"],
        "family": decided["family"],
        "context": decided["context"],
        "chars_per_token": round(chars_per_token, 1),
        "infill": decided["infill"],
        "header": decided["header"],
        "snippets": decided["snippets"],
        "chat": decided["chat"],
        "languages": decided["languages"],
        "calibration": decided["calibration"],
        "note": decided["note"].format(millions=round(weights / 1e6)),
        "precision": precision,
        "controls": {role: ids[_token(role)] for role in ROLES},
        "stop_ids": [ids[END_OF_TEXT], *sorted(number for name, number in ids.items() if name not in NO_STOPS)],
    }


def as_text(data: Mapping[str, Any]) -> str:
    """Return the file's text."""
    return json.dumps(data, indent=1) + "\n"


def _token(role: str) -> str:
    return "<s>" if role == "begin" else f"<|{role}|>"
