"""Pieces on their way out of the worker, a few tokens to a frame."""

from __future__ import annotations

import time
from collections.abc import Callable

from phi_providers.messages import Piece

GATHER_S = 0.008
"""For so long after a frame the next tokens wait for each other. A frame for each of the built-in model's tokens, 2 to
3 ms apart, woke the server on the core that the engine needs; a reader of text cannot tell 8 ms."""


class Gathering:
    """Joins pieces that follow each other closely; what somebody waits for goes out at once.

    That is the first text, the end of a line (a suggestion may be complete there), and all that comes later than
    `GATHER_S` after the frame before: every token of a model that takes longer for one.
    """

    def __init__(self, send: Callable[[Piece], None], clock: Callable[[], float] = time.perf_counter) -> None:
        self._send = send
        self._clock = clock
        self._held: list[Piece] = []
        self._sent_at: float | None = None

    def take(self, piece: Piece) -> None:
        """Send the piece, or hold it for the next."""
        if not piece.token_ids and not piece.text:
            self.flush()
            self._send(piece)
            return
        self._held.append(piece)
        if "\n" in piece.text or self._sent_at is None or self._clock() - self._sent_at >= GATHER_S:
            self.flush()

    def flush(self) -> None:
        """Send what is held; nothing may be sent about the request before that."""
        if not self._held:
            return
        self._send(_joined(self._held))
        self._held = []
        self._sent_at = self._clock()


def _joined(pieces: list[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    return Piece(
        id=pieces[0].id,
        text="".join(piece.text for piece in pieces),
        token_ids=tuple(token for piece in pieces for token in piece.token_ids),
        log_probs=tuple(value for piece in pieces for value in piece.log_probs),
    )
