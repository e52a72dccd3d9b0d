"""One request to a server and the pieces that come of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from phi_providers.detokenizer import Detokenizer
from phi_providers.engines.openai_server_connection import Connection
from phi_providers.engines.openai_server_dialect import Dialect
from phi_providers.engines.openai_server_prompt import Estimated
from phi_providers.errors import GenerationFailed
from phi_providers.messages import Request, Usage
from phi_providers.provider import Emit
from phi_providers.token_loop import TokenLoop

CHARS_PER_HEALED_TOKEN = 3


class SentTexts(Detokenizer):
    """Numbers for the texts that a server has sent: to the pool they are token ids, with which an answer goes on later.

    They begin at another number in each worker, so that no worker takes another's numbers for its own.
    """

    def __init__(self) -> None:
        super().__init__(())
        self._first = secrets.randbelow(1 << 20) << 30
        self._texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text; the same text has the same one, so that an answer in circles is noticed."""
        if text not in self._numbers:
            self._numbers[text] = self._first + len(self._texts)
            self._texts.append(text)
        return self._numbers[text]

    def push(self, token: int) -> str:
        """Return the text of a number."""
        return self._texts[token - self._first]

    def joined(self, numbers: Iterable[int]) -> str:
        """Return the texts of numbers that the pool has kept; raises GenerationFailed if they are another worker's."""
        numbers = list(numbers)
        if any(not 0 <= number - self._first < len(self._texts) for number in numbers):
            raise GenerationFailed("the worker that began this answer is gone; ask again")
        return "".join(self.push(number) for number in numbers)


class Answer:
    """One generate call: without the unfinished word first, with it when the model does not want the word."""

    def __init__(
        self, server: Connection, dialect: Dialect, texts: SentTexts, request: Request, fitted: Estimated, emit: Emit
    ) -> None:
        self._server = server
        self._dialect = dialect
        self._texts = texts
        self._request = request
        self._fitted = fitted
        self._emit = emit
        self._written = texts.joined(request.resume_ids)
        self._counted: dict[str, Any] = {}
        self._finish = ""

    def usage(self, begun: float, limit: int) -> Usage:
        """Ask for up to `limit` tokens and return what it cost."""
        healed = False
        fragment = self._request.heal if self._dialect.continues and not self._request.resume_ids else ""
        if fragment and (parts := _without(self._fitted, fragment)):
            loop, finish = self._run(parts, limit + len(fragment) // CHARS_PER_HEALED_TOKEN + 1, fragment)
            healed = finish != "contradicted"
        if not healed:
            loop, finish = self._run(self._fitted, limit, "")
        reused = (self._counted.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        prompt = int(self._counted.get("prompt_tokens") or self._fitted.tokens)
        steps = max(loop.tokens - 1, 1)
        return Usage(
            prompt_tokens=prompt,
            tokens_reused=min(int(reused), prompt),
            new_tokens=loop.tokens,
            first_token_ms=(loop.first_at - begun) * 1000 if loop.first_at else 0.0,
            ms_per_token=(loop.last_at - loop.first_at) * 1000 / steps,
            total_ms=(time.perf_counter() - begun) * 1000,
            finish_reason=finish,
            healed=healed,
        )

    def _run(self, fitted: Estimated, limit: int, fragment: str) -> tuple[TokenLoop, str]:
        self._finish = ""
        loop = TokenLoop(self._request.id, self._emit, self._texts, frozenset(), fragment, self._request.resume_ids)

        def take(event: dict[str, Any]) -> bool:
            delta = self._dialect.read(event)
            self._counted = delta.usage or self._counted
            self._finish = delta.finish or self._finish
            return not delta.text or loop.step([(self._texts.number(delta.text), delta.log_prob)])

        body = self._dialect.body(fitted.parts, self._written, limit)
        self._server.stream(self._dialect.path, body, take, lambda: loop.step(()))
        finish = loop.end(limit)
        return loop, "length" if finish == "stop" and self._finish == "length" else finish


def _without(fitted: Estimated, fragment: str) -> Estimated | None:
    """Return the prompt without the unfinished word at its end; None if it does not end with it."""
    last = next((part for part in reversed(fitted.parts) if part.text), None)
    if last is None or not last.text.endswith(fragment) or last.text == fragment:
        return None
    shorter = replace(last, text=last.text[: -len(fragment)])
    return replace(fitted, parts=tuple(shorter if part is last else part for part in fitted.parts))
