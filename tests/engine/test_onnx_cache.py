"""ONNX Runtime's prefix reuse: what it saves, what is kept, and that no more is claimed than was saved."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from engine.built_in import infill
from engine.onnx_model import OnnxModel, exported

from phi_providers.engines.onnxruntime import OnnxEngine
from phi_providers.errors import GenerationFailed
from phi_providers.messages import Load, Piece

LONG = infill(640, 8, before=70)


def make_engine(**options: object) -> OnnxEngine:
    """An engine that takes bare token ids."""
    engine = OnnxEngine(Load(engine="onnxruntime", device="CPU", model=exported(), options=options))
    engine.load(lambda stage: None)
    return engine


def go_on(tokens: Sequence[tuple[int, float]]) -> bool:
    """A step that never has enough."""
    return True


def test_a_repeated_prompt_costs_its_last_token_only() -> None:
    """Cold, a prompt takes a step for each 32 tokens; again, it takes one, and says what it reused."""
    model = OnnxModel(chunk_tokens=32)
    first, again = model.ask(LONG), model.ask(LONG)
    tokens = first.usage.prompt_tokens
    assert (0, tokens - 1) == (first.usage.tokens_reused, again.usage.tokens_reused)
    beats = [len([f for f in each.frames if isinstance(f, Piece) and not f.token_ids]) for each in (first, again)]
    assert [-(-tokens // 32) - 1, 0] == beats
    assert again.usage.first_token_ms < 0.5 * first.usage.first_token_ms


def test_a_device_that_cannot_rewind_says_so_and_reuses_nothing() -> None:
    """As on DirectML: every prompt is computed whole, in one step, and nothing else is claimed."""
    model = OnnxModel(continuous=False)
    answers = [model.ask(LONG), model.ask(LONG)]
    assert not model.profile.can_rewind
    assert [0, 0] == [answer.usage.tokens_reused for answer in answers]
    assert answers[0].ids == answers[1].ids


def test_what_is_claimed_is_what_was_asked_before() -> None:
    """Random prompts with common beginnings on one lane: all but what differs is reused, the last token never."""
    engine = make_engine(chunk_tokens=64, lanes=1)
    dice = random.Random(7)
    text = [dice.randrange(300, 8000) for _ in range(400)]
    before: list[int] = []
    for _ in range(25):
        ids = text[: dice.randrange(150, 400)] + [dice.randrange(300, 8000) for _ in range(dice.randrange(1, 9))]
        same = next((place for place in range(min(len(before), len(ids))) if before[place] != ids[place]), len(ids))
        new: list[int] = []

        def step(tokens: Sequence[tuple[int, float]], new: list[int] = new) -> bool:
            new += [token for token, _ in tokens]
            return True

        work = engine.run(ids, 2, frozenset(), step)
        assert 0 <= work.tokens_reused <= min(same, len(ids) - 1)
        assert work.tokens_reused >= min(same, len(before), len(ids) - 1) - 2
        assert work.prefill_steps == -(-(len(ids) - work.tokens_reused) // 64)
        before = ids + new


def test_what_was_written_is_kept_like_what_was_read() -> None:
    """A prompt that goes on with the answer before reuses that too, but for its last token, never computed."""
    engine = make_engine()
    ids = list(range(300, 340))
    new: list[int] = []

    def step(tokens: Sequence[tuple[int, float]]) -> bool:
        new.extend(token for token, _ in tokens)
        return True

    engine.run(ids, 6, frozenset(), step)
    assert len(ids) + len(new) - 1 == engine.run([*ids, *new, 500], 1, frozenset(), go_on).tokens_reused


def test_prompts_stay_warm_side_by_side() -> None:
    """Two different prompts in turns: from the second time on, both are answered from memory."""
    model = OnnxModel(chunk_tokens=64, lanes=2)
    other = infill(300, 8, before=50)
    for _ in range(2):
        usages = [model.ask(request).usage for request in (LONG, other)]
    assert [usage.prompt_tokens - 1 for usage in usages] == [usage.tokens_reused for usage in usages]


def test_a_short_prompt_does_not_drive_out_a_long_one() -> None:
    """A prompt that has only its first tokens in common gets the other lane."""
    engine = make_engine(lanes=2)
    long, short = list(range(300, 700)), [300, 301, 302, 2000, 2001, 2002, 2003, 2004]
    for ids in (long, short):
        engine.run(ids, 1, frozenset(), go_on)
    assert len(long) - 1 == engine.run(long, 1, frozenset(), go_on).tokens_reused


def test_the_runtime_never_sees_a_prompt_over_the_limit() -> None:
    """Neither too many ids, nor one that the model has no row for; the next request is answered."""
    engine = make_engine()
    context = exported().context
    for ids in ([300] * context, [300, 1 << 20], [300, -1]):
        with pytest.raises(GenerationFailed, match=r"exceed the model's context|is not that of its weights"):
            engine.run(ids, 1, frozenset(), go_on)
    assert 0 < engine.run([300, 301, 302], 1, frozenset(), go_on).prefill_steps


def test_an_error_of_the_runtime_costs_one_request() -> None:
    """A step that raises in the middle of an answer: what the lane held is forgotten, and the next answer is right."""
    engine = make_engine(lanes=1)
    ids = list(range(300, 400))

    def fail(tokens: Sequence[tuple[int, float]]) -> bool:
        raise RuntimeError("Failed to allocate memory for requested buffer of size 1\nat /build/machine/file.cc:1")

    engine.run(ids, 1, frozenset(), go_on)
    with pytest.raises(GenerationFailed, match=r"ran out of memory on CPU: Failed to allocate.*; close") as caught:
        engine.run(ids, 1, frozenset(), fail)
    assert "\n" not in str(caught.value)
    assert 0 == engine.run(ids, 1, frozenset(), go_on).tokens_reused


def test_a_stop_token_ends_the_answer() -> None:
    """The engine stops at a stop id by itself."""
    engine = make_engine()
    seen: list[int] = []

    def step(tokens: Sequence[tuple[int, float]]) -> bool:
        seen.extend(token for token, _ in tokens)
        return True

    ids = list(range(400, 460))
    engine.run(ids, 5, frozenset(), step)
    free, seen = seen, []
    engine.run(ids, 5, frozenset({free[0]}), step)
    assert [free[0]] == seen
