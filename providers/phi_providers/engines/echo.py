"""An engine without weights that follows a script: for tests, and for people who write a provider.

The script is the JSON file named by `script` in the options of `Load`, or else by PHI_LS_ECHO_SCRIPT:

    {"load":    {"ms": 0, "after": "a file without which it does not end", "decode_ms_per_token": 0, "then": "ok"},
     "record":  "a file that gets a JSON line at each load, and at each beginning and regular end of a request",
     "answers": [{"when": "text in the prompt", "tokens": ["def", " f"], "token_ms": 1, "prefill_ms": 0,
                  "log_prob": -0.1, "then": "stop", "at": 1, "deaf": false}]}

The first answer whose `when` occurs in the prompt is given; without one, the prompt's length. `then` is what happens
after token number `at` (default: after the last): `stop`, `fail`, `forever` (the tokens again and again), or a deed of
`mishaps` (`abort`, `hang`, `junk`, …). `deaf` ignores cancels. `then` of `load` takes the same words.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from phi_providers.engines import mishaps
from phi_providers.errors import GenerationFailed, LoadFailed
from phi_providers.messages import Load, ModelProfile, Piece, Request, Started, Usage
from phi_providers.provider import Emit

CACHED_PROMPTS = 4
"""Prompts whose prefixes are found again, as in an engine with a paged cache."""

CHUNK_MS = 50.0
"""A scripted prefill beats as often as a real one may."""


class EchoProvider:
    """Answers by script; a token is a string of the script, its id the index in the answer."""

    def __init__(self, order: Load) -> None:
        self._order = order
        self._script: dict[str, Any] = {}
        self._cache: deque[list[str]] = deque(maxlen=CACHED_PROMPTS)

    def load(self, progress: Callable[[str], None]) -> ModelProfile:
        """Read the script; raises LoadFailed when it is not readable or says so."""
        path = self._order.options.get("script") or os.environ.get("PHI_LS_ECHO_SCRIPT")
        try:
            self._script = json.loads(Path(path).read_text("utf-8")) if path else {}
        except (OSError, ValueError) as exc:
            raise LoadFailed(f"the echo script cannot be read: {exc}") from exc
        self._record(load=self._order.model.id)
        step = self._script.get("load", {})
        progress("following the script")
        time.sleep(step.get("ms", 0) / 1000)
        while "after" in step and not Path(step["after"]).exists():
            time.sleep(0.01)
        if step.get("then", "ok") == "fail":
            raise LoadFailed("the script says that loading fails")
        mishaps.happen(step.get("then", "ok"))
        model = self._order.model
        return ModelProfile(
            model=model.id,
            family=model.family,
            context=model.context,
            engine="echo",
            engine_version="1",
            device="none",
            requested_device=self._order.device,
            decode_ms_per_token=float(step.get("decode_ms_per_token", 0)),
        )

    def prefill(self, request: Request, emit: Emit) -> Usage:
        """Take the prompt in, at the scripted pace."""
        return self._answer(request, emit, {**self._answer_to(request), "tokens": [], "then": "stop"})

    def generate(self, request: Request, emit: Emit) -> Usage:
        """Give the scripted answer."""
        return self._answer(request, emit, self._answer_to(request))

    def _answer_to(self, request: Request) -> dict[str, Any]:
        prompt = "".join(part.text for part in request.parts)
        answers = self._script.get("answers", [])
        found = next((answer for answer in answers if answer.get("when", "") in prompt), None)
        return dict(found) if found is not None else {"tokens": [f"echo({len(prompt)})"]}

    def _answer(self, request: Request, emit: Emit, answer: dict[str, Any]) -> Usage:
        begun = time.perf_counter()
        words = "".join(part.text for part in request.parts).split(" ")
        reused = max((_common(cached, words) for cached in self._cache), default=0)
        self._cache.append(words)
        self._record(
            id=request.id,
            prompt=" ".join(words),
            new=request.max_new_tokens,
            reused=reused,
            resumed=len(request.resume_ids),
        )
        emit(Started(id=request.id, prompt_tokens=len(words), sizes=_sizes(request)))
        finish = self._prefill(request, emit, answer)
        first_ms = (time.perf_counter() - begun) * 1000
        emitted, finish = (0, finish) if finish else self._tokens(request, emit, answer)
        self._record(id=request.id, finish=finish, emitted=emitted)
        total_ms = (time.perf_counter() - begun) * 1000
        return Usage(
            prompt_tokens=len(words),
            tokens_reused=reused,
            new_tokens=emitted,
            first_token_ms=first_ms,
            ms_per_token=(total_ms - first_ms) / max(emitted, 1),
            total_ms=total_ms,
            finish_reason=finish,
        )

    def _prefill(self, request: Request, emit: Emit, answer: dict[str, Any]) -> str:
        left = float(answer.get("prefill_ms", 0))
        while left > 0:
            time.sleep(min(left, CHUNK_MS) / 1000)
            left -= CHUNK_MS
            if not emit(Piece(id=request.id)) and not answer.get("deaf"):
                return "cancelled"
        return ""

    def _tokens(self, request: Request, emit: Emit, answer: dict[str, Any]) -> tuple[int, str]:
        tokens = answer.get("tokens", [])
        then, at = answer.get("then", "stop"), answer.get("at", len(tokens))
        length = 10**9 if then == "forever" else len(tokens)
        for count, index in enumerate(range(len(request.resume_ids), length)):
            if index == at and then not in ("stop", "forever"):
                break
            if count >= request.max_new_tokens:
                return count, "length"
            if token_ms := answer.get("token_ms", 0):
                time.sleep(token_ms / 1000)  # not for 0: that would give the processor away
            log_prob = float(answer.get("log_prob", math.log(0.9)))
            text = tokens[index % len(tokens)]
            wanted = emit(Piece(id=request.id, text=text, token_ids=(index,), log_probs=(log_prob,)))
            if not wanted and not answer.get("deaf"):
                return count + 1, "cancelled"
        if then == "fail":
            raise GenerationFailed("the script says that this request fails")
        mishaps.happen(then)
        return max(min(length, at) - len(request.resume_ids), 0), "stop"

    def _record(self, **fields: Any) -> None:
        if path := self._script.get("record"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(fields) + "\n")


def _sizes(request: Request) -> dict[str, int]:
    return {part.name: len(part.text.split(" ")) for part in request.parts if part.name}


def _common(old: list[str], new: list[str]) -> int:
    pairs = zip(old, new, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
