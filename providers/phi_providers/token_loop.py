"""One stream of tokens from an engine to whoever waits for its text."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from phi_providers.detokenizer import Detokenizer
from phi_providers.messages import Piece
from phi_providers.provider import Emit
from phi_providers.repetition import Repetition


class TokenLoop:
    """Takes an engine's steps, emits pieces, and knows why the stream ended.

    `fragment`: what the answer must begin with (token healing). Nothing is emitted until it has been written; it is not
    part of the text then, but its tokens and their probabilities are part of the piece: the model did write them.
    `seed`: tokens of an earlier leg, so that a loop is noticed where an uninterrupted answer would have noticed it.
    """

    def __init__(
        self,
        request_id: int,
        emit: Emit,
        detokenizer: Detokenizer,
        stop_ids: frozenset[int],
        fragment: str = "",
        seed: Sequence[int] = (),
    ) -> None:
        self._id = request_id
        self._emit = emit
        self._detokenizer = detokenizer
        self._stop_ids = stop_ids
        self._fragment = fragment
        self._held = ""
        self._ids: list[int] = []
        self._log_probs: list[float] = []
        self._repetition = Repetition()
        for token in seed:
            self._repetition.push(token)
        self.finish = ""
        """Usage.finish_reason, or `contradicted`: the answer does not begin with the fragment. Empty: no reason yet."""
        self.tokens = 0
        self.first_at = 0.0
        self.last_at = 0.0

    def step(self, tokens: Sequence[tuple[int, float]]) -> bool:
        """Take one step of the engine; return whether it may go on."""
        if not tokens:
            self._send(Piece(id=self._id))
        for token, log_prob in tokens:
            if self.finish:
                break
            self._take(token, log_prob)
        return not self.finish

    def end(self, limit: int) -> str:
        """Return why the stream ended, now that the engine has returned after at most `limit` tokens."""
        if self._fragment and self.finish in ("", "stop", "repetition"):
            return "contradicted"
        return self.finish or ("length" if self.tokens >= limit else "stop")

    def _take(self, token: int, log_prob: float) -> None:
        self.last_at = time.perf_counter()
        self.first_at = self.first_at or self.last_at
        if token in self._stop_ids:
            self.finish = "stop"
            return
        self.tokens += 1
        self._ids.append(token)
        if not math.isnan(log_prob):
            self._log_probs.append(log_prob)
        self._held += self._detokenizer.push(token)
        self._release()
        if not self.finish and self._repetition.push(token):
            self.finish = "repetition"

    def _release(self) -> None:
        if not self._held.startswith(self._fragment):
            if self._fragment.startswith(self._held):
                self._send(Piece(id=self._id))
            else:
                self.finish = "contradicted"
            return
        text = self._held[len(self._fragment) :]
        piece = Piece(id=self._id, text=text, token_ids=tuple(self._ids), log_probs=tuple(self._log_probs))
        self._fragment = self._held = ""
        self._ids, self._log_probs = [], []
        self._send(piece)

    def _send(self, piece: Piece) -> None:
        if not self._emit(piece):
            self.finish = "cancelled"
