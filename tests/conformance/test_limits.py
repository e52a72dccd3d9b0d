"""Prompts over the limit are cut by us or refused; none reaches an engine."""

from __future__ import annotations

import pytest
from conformance.engines import Engines
from conformance.loaded import tokens
from conformance.prompts import beginnings, long_text, plain
from conformance.subjects import Subject

from phi_providers.errors import GenerationFailed
from phi_providers.messages import RESERVE_TOKENS, Failed, Part, Piece, Started


def test_a_prompt_over_the_limit_is_cut(subject: Subject, engines: Engines) -> None:
    """Several times what fits: the front goes, its lines are told, and the engine counts no more than was left."""
    engine = engines.loaded(subject)
    context = engine.order.model.context
    answer = engine.ask(plain("\n".join(long_text(100_000) for _ in range(-(-context // 1000)))), 1)
    (started,) = (frame for frame in answer.frames if isinstance(frame, Started))
    assert started.lines_cut["prefix"] > 100
    assert context // 3 < answer.usage.prompt_tokens <= context - RESERVE_TOKENS
    assert started.prompt_tokens <= context - RESERVE_TOKENS


def test_a_prompt_that_cannot_be_cut_is_refused(subject: Subject, engines: Engines) -> None:
    """One line longer than the context: this request fails before the engine has seen it, the next one is answered."""
    engine = engines.loaded(subject)
    seen = len(engine.pool.frames)
    with pytest.raises(GenerationFailed, match=r"\d+ tokens; the model takes \d+ at most") as caught:
        engine.ask((Part(text="x = [" + "1, " * engine.order.model.context * 2),))
    beat, failed = engine.pool.frames[seen:]
    assert (Piece(id=beat.id), Failed) == (beat, type(failed))
    assert "\n" not in str(caught.value)
    assert tokens(engine.ask(plain(beginnings()[0]), 2).frames)
