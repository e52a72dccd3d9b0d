"""What an engine writes: the reference's text, its end, whole characters."""

from __future__ import annotations

import pytest
from conformance.engines import Engines
from conformance.expected import ANSWER, CHARACTER_TOKENS, Expected
from conformance.prompts import beginnings, plain
from conformance.report import Tell
from conformance.spoken import CHARACTER
from conformance.subjects import Subject

from phi_providers.messages import Piece

SURE = 1e-3
"""Sums of FP32 numbers in another order differ by less; where the reference is less sure than that, either is right."""


def common(first: str, second: str) -> int:
    """Return how many characters two texts have in common in front."""
    pairs = zip(first, second, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def doubt(expected: Expected, text: str) -> float:
    """Return how sure the reference was of the token at which another text departs from its own."""
    same, end = common(expected.text, text), 0
    for piece, margin in zip(expected.texts, expected.margins, strict=False):
        end += len(piece)
        if end > same:
            return margin
    return expected.margins[-1]


def test_greedy_text_equals_the_reference(exact_subject: Subject, engines: Engines) -> None:
    """In the strict numeric mode every answer is, to the letter, the one that plain FP32 arithmetic gives."""
    engine = engines.loaded(exact_subject)
    for text in beginnings():
        expected, found = engines.reference(exact_subject).answer(text), engine.ask(plain(text), ANSWER)
        if expected.text != found.text:
            assert doubt(expected, found.text) < SURE, (expected.text, found.text)
        elif not exact_subject.opaque:
            assert expected.ids == found.ids
            assert expected.finish == found.usage.finish_reason


def test_agreement_at_the_shipped_precision_is_told(subject: Subject, engines: Engines, tell: Tell) -> None:
    """How much of the reference's answers an engine gives as it is shipped; most of them begin alike at least."""
    engine = engines.loaded(subject, shipped=True)
    shares = []
    for text in beginnings():
        expected = engines.reference(subject).answer(text).text
        found = engine.ask(plain(text), ANSWER).text
        shares.append(common(expected, found) / max(len(expected), len(found), 1) if expected != found else 1.0)
    whole, mean = shares.count(1.0), sum(shares) / len(shares)
    tell(subject, "equal answers", f"{whole} of {len(shares)}")
    tell(subject, "characters alike", f"{mean:.0%}")
    assert mean > 0.4


def test_a_stop_token_ends_the_answer(subject: Subject, engines: Engines) -> None:
    """The answer ends before the stop token, says so, and nothing of the token is in its text."""
    reference = engines.reference(subject)
    end, expected = reference.end, reference.answer(reference.end.prompt)
    found = engines.loaded(subject).ask(plain(end.prompt), ANSWER)
    assert ("stop", end.before) == (expected.finish, len(expected.ids))
    shown = reference.encoder.text.decode(list(end.tokens)) if subject.shows_end else ""
    assert (expected.text + shown, "stop") == (found.text, found.usage.finish_reason)
    assert found.usage.new_tokens == end.before or subject.opaque


@pytest.mark.parametrize("tokens", range(CHARACTER_TOKENS + 1))
def test_a_character_of_several_tokens_comes_whole(subject: Subject, engines: Engines, tokens: int) -> None:
    """Ended before or after any of its tokens: the last one brings all of it, and nothing is shown of a part of it."""
    place = engines.reference(subject).character
    answer = engines.loaded(subject).ask(plain(place.prompt), place.before + tokens)
    assert "\ufffd" not in answer.text
    assert (tokens == CHARACTER_TOKENS) == (CHARACTER in answer.text)
    if not subject.opaque:
        assert place.tokens[:tokens] == answer.ids[place.before :]


def test_pieces_carry_the_models_tokens(transparent_subject: Subject, engines: Engines) -> None:
    """The ids stand for the text, each given once, with log-probabilities where the engine knows them."""
    answer = engines.loaded(transparent_subject).ask(plain(beginnings()[0]), ANSWER)
    pieces = [frame for frame in answer.frames if isinstance(frame, Piece) and frame.token_ids]
    table = engines.reference(transparent_subject).encoder.text.table
    assert answer.text == b"".join(table[token] for token in answer.ids).decode("utf-8", "ignore")
    assert sum(len(piece.token_ids) for piece in pieces) == answer.usage.new_tokens > 0
    known = 0 if transparent_subject.no_probabilities else 1
    assert [known * len(piece.token_ids) for piece in pieces] == [len(piece.log_probs) for piece in pieces]
    assert all(value <= 1e-6 for value in answer.log_probs)
