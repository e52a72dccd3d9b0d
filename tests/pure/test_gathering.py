"""Pieces that follow each other closely leave the worker in one frame."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phi_providers.gathering import GATHER_S, Gathering
from phi_providers.messages import Piece

STEPS = st.lists(st.tuples(st.text("ab\n", max_size=3), st.floats(0, 0.02)), max_size=30)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time that was set."""
        return self.now


def token(text: str, number: int = 1) -> Piece:
    return Piece(id=7, text=text, token_ids=(number,), log_probs=(-0.5 * number,))


def test_first_text_goes_out_at_once() -> None:
    """Nobody waits for the second token to see the first."""
    sent: list[Piece] = []
    Gathering(sent.append, Clock()).take(token("a"))
    assert [token("a")] == sent


def test_tokens_close_together_share_a_frame() -> None:
    """What comes within the time waits, and is sent as one piece with all its tokens in order."""
    sent: list[Piece] = []
    pieces = Gathering(sent.append, Clock())
    for number, text in enumerate(("a", "b", "c"), 1):
        pieces.take(token(text, number))
    assert 1 == len(sent)
    pieces.flush()
    assert Piece(id=7, text="bc", token_ids=(2, 3), log_probs=(-1.0, -1.5)) == sent[-1]


def test_end_of_a_line_waits_for_nothing() -> None:
    """A suggestion may be complete at the end of a line."""
    sent: list[Piece] = []
    pieces = Gathering(sent.append, Clock())
    for text in ("a", "b", "c\n", "d"):
        pieces.take(token(text))
    assert ["a", "bc\n"] == [piece.text for piece in sent]


def test_slow_model_sends_every_token() -> None:
    """A token that comes later than the time is not held for the next."""
    sent: list[Piece] = []
    clock = Clock()
    pieces = Gathering(sent.append, clock)
    for text in ("a", "b", "c"):
        pieces.take(token(text))
        clock.now += GATHER_S
    assert ["a", "b", "c"] == [piece.text for piece in sent]


def test_heartbeat_overtakes_nothing() -> None:
    """A piece without tokens is sent at once, behind what was held."""
    sent: list[Piece] = []
    pieces = Gathering(sent.append, Clock())
    for piece in (token("a"), token("b"), Piece(id=7)):
        pieces.take(piece)
    assert ["a", "b", ""] == [piece.text for piece in sent]


@given(STEPS)
def test_nothing_is_lost_or_moved(steps: list[tuple[str, float]]) -> None:
    """However the tokens come, the frames together hold each once and in order."""
    sent: list[Piece] = []
    clock = Clock()
    pieces = Gathering(sent.append, clock)
    for number, (text, pause) in enumerate(steps):
        clock.now += pause
        pieces.take(token(text, number))
    pieces.flush()
    assert "".join(text for text, _ in steps) == "".join(piece.text for piece in sent)
    assert list(range(len(steps))) == [number for piece in sent for number in piece.token_ids]
