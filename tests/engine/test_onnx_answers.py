"""ONNX Runtime on the built-in model: the same ids give the same answer, however it came by its keys and values."""

from __future__ import annotations

import pytest
from engine.built_in import SOURCE, Answer, Model, after_frames, after_tokens, continue_text, fill, infill
from engine.onnx_model import OnnxModel, exported

from phi_providers.messages import Piece, Request

PROMPTS = [infill(line, 8, before=20, after=6, new=8) for line in range(150, 1150, 200)] + [
    continue_text("\n".join(SOURCE[line - 24 : line]), 8) for line in range(200, 1200, 200)
]


def check(expected: Answer, found: Answer) -> None:
    """Same tokens; log-probabilities as near as FP32 in another order of summing gives."""
    assert expected.ids == found.ids
    assert expected.log_probs == pytest.approx(found.log_probs, abs=1e-3)


@pytest.fixture(scope="module")
def chunked() -> OnnxModel:
    """Prefill in chunks of 32 tokens, and lanes that are kept."""
    return OnnxModel(chunk_tokens=32, strict=True)


@pytest.fixture(scope="module")
def at_once() -> OnnxModel:
    """As DirectML must be used: each prompt whole, into a generator of its own."""
    return OnnxModel(continuous=False, strict=True)


@pytest.fixture(scope="module")
def answers(at_once: OnnxModel) -> list[Answer]:
    """All answers, each computed from nothing."""
    return [at_once.ask(request) for request in PROMPTS]


def test_the_model_loads_and_tells_what_it_found(chunked: OnnxModel) -> None:
    """The profile names engine, device and measured speeds; loading was reported stage by stage."""
    profile = chunked.profile
    assert ("onnxruntime", "CPU", "CPU", "", True) == (
        profile.engine,
        profile.device,
        profile.requested_device,
        profile.device_reason,
        profile.can_rewind,
    )
    assert profile.prefill_tokens_per_s > 10
    assert profile.decode_ms_per_token > 0
    assert ["verifying", "importing ONNX Runtime", "loading the model", "warming up"] == chunked.stages


def test_chunked_and_warm_answers_equal_the_cold_ones(chunked: OnnxModel, answers: list[Answer]) -> None:
    """Prefill in chunks, then once more from what is kept: the same tokens and probabilities."""
    for request, cold in zip(PROMPTS, answers, strict=True):
        check(cold, chunked.ask(request))
        warm = chunked.ask(request)
        check(cold, warm)
        assert warm.usage.prompt_tokens - 1 == warm.usage.tokens_reused
    assert any(answer.usage.new_tokens > 3 for answer in answers)


def test_a_resumed_answer_equals_the_one_in_one_go(chunked: OnnxModel, answers: list[Answer]) -> None:
    """Broken off after 1 to 4 tokens and put back with what it had emitted, an answer comes out the same."""
    resumed = 0
    for number, (request, cold) in enumerate(zip(PROMPTS, answers, strict=True)):
        first = chunked.ask(request, after_tokens(1 + number % 4))
        if first.usage.finish_reason == "cancelled":
            left = max(request.max_new_tokens - len(first.ids), 1)
            rest = chunked.ask(Request(id=2, parts=request.parts, max_new_tokens=left, resume_ids=first.ids))
            assert (cold.ids, cold.text) == (first.ids + rest.ids, first.text + rest.text)
            resumed += 1
    assert resumed > 3


def test_a_cancelled_prefill_leaves_nothing_wrong_behind(answers: list[Answer]) -> None:
    """Stopped between two chunks, a prompt that is asked again is answered as ever, from what had been computed."""
    model = OnnxModel(chunk_tokens=32, lanes=1, strict=True)
    for number, (request, cold) in enumerate(zip(PROMPTS, answers, strict=True)):
        frames = 3 + number % 3
        stopped = model.ask(request, after_frames(frames))
        assert ("cancelled", ()) == (stopped.usage.finish_reason, stopped.ids)
        again = model.ask(request)
        check(cold, again)
        assert again.usage.tokens_reused >= 32 * (frames - 1)


def test_a_cancel_is_heard_within_a_token_of_decoding(chunked: OnnxModel) -> None:
    """The answer ends with the token at which it was not wanted any more."""
    stopped = chunked.ask(continue_text("\n".join(SOURCE[300:340])), after_tokens(2))
    assert ("cancelled", 2) == (stopped.usage.finish_reason, len(stopped.ids))


def test_tokens_arrive_one_by_one_with_their_probabilities(chunked: OnnxModel) -> None:
    """One piece for each token, no more than were asked for, and probabilities that are such."""
    answer = chunked.ask(continue_text("\n".join(SOURCE[100:140]), 3))
    pieces = [frame for frame in answer.frames if isinstance(frame, Piece) and frame.token_ids]
    assert [1, 1, 1] == [len(piece.token_ids) for piece in pieces]
    assert "length" == answer.usage.finish_reason
    assert all(-20 < value <= 0 for value in answer.log_probs)


def test_most_answers_are_those_of_openvino(answers: list[Answer]) -> None:
    """Two engines, two ways of quantising, one model: on most prompts the same tokens."""
    openvino = Model(strict=True)
    agreed = [cold.ids == openvino.ask(request).ids for request, cold in zip(PROMPTS, answers, strict=True)]
    assert sum(agreed) >= 7


def test_at_the_shipped_precision_most_answers_agree(answers: list[Answer]) -> None:
    """With activations of 8 bits a warm answer may differ from the exact one; on most prompts it does not."""
    shipped = OnnxModel(chunk_tokens=32)
    agreed = [
        cold.ids == (shipped.ask(request), shipped.ask(request))[1].ids
        for request, cold in zip(PROMPTS, answers, strict=True)
    ]
    assert sum(agreed) >= 7


def test_every_precision_writes_what_the_full_one_writes(answers: list[Answer]) -> None:
    """FP32 weights and 8 bits agree on nearly all prompts, 4 bits on some."""
    full, small = OnnxModel(info=exported("fp32")), OnnxModel(info=exported("int4"))
    exact = [full.ask(request).ids for request in PROMPTS]
    assert sum(ids == cold.ids for ids, cold in zip(exact, answers, strict=True)) >= 8
    assert sum(ids == small.ask(request).ids for ids, request in zip(exact, PROMPTS, strict=True)) >= 3


def test_a_prompt_over_the_budget_is_cut_before_the_runtime_sees_it(chunked: OnnxModel) -> None:
    """600 lines become what fits beside the answer."""
    answer = chunked.ask(fill("\n".join(SOURCE[:600]), "\n".join(SOURCE[600:700]), 4))
    assert chunked.profile.context / 2 < answer.usage.prompt_tokens < chunked.profile.context - 64
