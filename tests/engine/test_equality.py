"""The same ids give the same answer, however the engine came by its keys and values (FP32 throughout)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.built_in import SOURCE, STRICT, Answer, Model, after_frames, after_tokens, continue_text, fill, infill

from phi_providers.messages import Request

PROMPTS = [infill(line, 8, before=20, after=6, new=8) for line in range(150, 1150, 100)] + [
    continue_text("\n".join(SOURCE[line - 24 : line]), 8) for line in range(200, 1200, 100)
]


def check(expected: Answer, found: Answer) -> None:
    """Same tokens; log-probabilities as near as FP32 in another order of summing gives."""
    assert expected.ids == found.ids
    assert expected.log_probs == pytest.approx(found.log_probs, abs=1e-3)


@pytest.fixture(scope="module")
def answers(cold: Model) -> list[Answer]:
    """All answers, each computed from nothing."""
    return [cold.ask(request) for request in PROMPTS]


def test_chunked_and_warm_answers_equal_the_cold_ones(strict: Model, answers: list[Answer]) -> None:
    """Prefill in chunks of 32 tokens, then once more from the cache: 20 prompts, the same tokens."""
    assert 20 == len(PROMPTS)
    for request, cold in zip(PROMPTS, answers, strict=True):
        check(cold, strict.ask(request))
        warm = strict.ask(request)
        check(cold, warm)
        assert warm.usage.tokens_reused > 0
    assert any(answer.usage.new_tokens > 3 for answer in answers)


def test_a_resumed_answer_equals_the_one_in_one_go(strict: Model, answers: list[Answer]) -> None:
    """Broken off after 1 to 4 tokens and put back with what it had emitted, an answer comes out the same."""
    for number, (request, cold) in enumerate(zip(PROMPTS, answers, strict=True)):
        first = strict.ask(request, after_tokens(1 + number % 4))
        rest = (
            strict.ask(
                Request(
                    id=2,
                    parts=request.parts,
                    max_new_tokens=max(request.max_new_tokens - len(first.ids), 1),
                    resume_ids=first.ids,
                )
            )
            if first.usage.finish_reason == "cancelled"
            else Answer(first.usage)
        )
        assert cold.ids == first.ids + rest.ids
        assert cold.text == first.text + rest.text


def test_work_ahead_of_time_changes_no_answer(strict: Model, answers: list[Answer]) -> None:
    """Computed early, a prompt is answered as ever; broken off for a prompt that is computed early, an answer goes on
    as ever, and it does not matter whether that prompt was computed to its end."""
    neighbours = zip(PROMPTS, [*PROMPTS[1:], PROMPTS[0]], answers, strict=True)
    for number, (request, other, cold) in enumerate(neighbours):
        first = strict.ask(request, after_tokens(1 + number % 2))
        early = strict.ask(replace(other, max_new_tokens=0), after_frames(2 if number % 3 == 0 else 1000))
        assert (0, ()) == (early.usage.new_tokens, early.ids)
        if first.usage.finish_reason == "cancelled" and len(first.ids) < request.max_new_tokens:
            left = request.max_new_tokens - len(first.ids)
            rest = strict.ask(replace(request, max_new_tokens=left, resume_ids=first.ids))
            assert cold.ids == first.ids + rest.ids
        strict.ask(replace(request, max_new_tokens=0))
        check(cold, strict.ask(request))


def test_a_cancelled_prefill_leaves_nothing_wrong_behind(answers: list[Answer]) -> None:
    """Stopped between two chunks, after a shorter prompt that ended within a block, a prompt is asked again."""
    model = Model(**STRICT)
    for number, (request, cold) in enumerate(zip(PROMPTS, answers, strict=True)):
        text = request.parts[-2].text if len(request.parts) > 1 else request.parts[0].text
        beginning = text[: 150 + 17 * number]
        start = fill(beginning, request.parts[1].text) if len(request.parts) > 1 else continue_text(beginning)
        model.ask(start, after_tokens(1))
        stopped = model.ask(request, after_frames(2 + number % 3))
        assert ("cancelled", ()) == (stopped.usage.finish_reason, stopped.ids)
        check(cold, model.ask(request))


def test_an_answer_does_not_depend_on_what_was_cancelled_before_it(strict: Model, answers: list[Answer]) -> None:
    """Each prompt is broken off while it decodes; its neighbour's answer is the same as ever."""
    for request, other, cold in zip(PROMPTS, PROMPTS[1:], answers[1:], strict=False):
        strict.ask(request, after_tokens(2))
        check(cold, strict.ask(other))


def test_at_the_shipped_precision_most_answers_agree(model: Model) -> None:
    """With dynamic quantisation a warm answer may differ from a cold one; on most prompts it does not."""
    fresh = Model()
    agreed = [fresh.ask(request).ids == (model.ask(request), model.ask(request))[1].ids for request in PROMPTS[::2]]
    assert sum(agreed) >= 7
