"""The NPU's pipeline, computed by the CPU: its prefix cache, its fixed limits, and when it can be stopped."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from engine.built_in import Answer, Model, after_frames, after_tokens, continue_text, fill, infill

from phi_providers.engines.openvino_npu import NpuEngine
from phi_providers.errors import GenerationFailed, LoadFailed, PromptTooLong, WorkerDied
from phi_providers.messages import Load, Piece, Request
from phi_providers.models.installed import builtin

CHUNK = 128
LONG = infill(640, 8, before=70)


@pytest.fixture(scope="module")
def npu() -> Model:
    """The built-in model on the NPU's pipeline, compiled for half its context."""
    return Model("NPU", npuw_devices="CPU", max_prompt_tokens=1024, chunk_tokens=CHUNK)


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compile cache of `engine`."""
    return tmp_path_factory.mktemp("blobs")


@pytest.fixture(scope="module")
def engine(blobs: Path) -> NpuEngine:
    """The engine alone, with a context of 512 tokens."""
    return load(blobs)


def load(blobs: Path) -> NpuEngine:
    """Load the engine as `engine` does."""
    options = {"npuw_devices": "CPU", "cache_dir": str(blobs)}
    engine = NpuEngine(Load(engine="openvino", device="NPU", model=replace(builtin(), context=512), options=options))
    engine.load(lambda stage: None)
    return engine


def ids(count: int, seed: int) -> list[int]:
    """Return so many tokens that mean nothing."""
    dice = random.Random(seed)
    return [dice.randrange(300, 8000) for _ in range(count)]


def prefill_calls(answer: Answer) -> int:
    """Return how often a prefill asked whether to go on."""
    return sum(1 for frame in answer.frames[1:] if isinstance(frame, Piece) and not frame.token_ids)


def test_it_says_where_it_really_ran(npu: Model) -> None:
    """The NPU was asked for, the CPU computed, and the profile says both and why."""
    profile = npu.profile
    assert ("openvino", "CPU", "NPU") == (profile.engine, profile.device, profile.requested_device)
    assert "told to compute on CPU" in profile.device_reason
    assert profile.prefill_tokens_per_s > 0 < profile.decode_ms_per_token
    assert ["verifying", "importing OpenVINO", "compiling for NPU", "warming up"] == npu.stages


def test_it_writes_what_the_cpu_engine_writes(npu: Model, model: Model) -> None:
    """Greedy answers agree with the other pipeline's on most prompts; they are different arithmetic."""
    prompts = [infill(line, 8, before=8, after=2, new=2) for line in range(200, 800, 100)]
    agreed = [npu.ask(request).ids == model.ask(request).ids for request in prompts]
    assert sum(agreed) >= 4


def test_a_repeated_prompt_costs_less_than_a_chunk(npu: Model) -> None:
    """Cold, a prompt takes a call for each chunk; again it takes one, says the same, and tells what it reused."""
    first, again = npu.ask(LONG), npu.ask(LONG)
    whole = (first.usage.prompt_tokens - 1) // CHUNK * CHUNK
    assert (0, whole) == (first.usage.tokens_reused, again.usage.tokens_reused)
    assert (whole // CHUNK, 0) == (prefill_calls(first), prefill_calls(again))
    assert first.ids == again.ids
    assert again.usage.first_token_ms < 0.6 * first.usage.first_token_ms


def test_a_keystroke_reuses_all_whole_chunks(npu: Model) -> None:
    """What is typed at the end of a prompt leaves the chunks before it in the cache."""
    text = infill(700, 0).parts[3].text
    for typed in ("    x", "    x = self", "    x = self._loop"):
        usage = npu.ask(fill(text + typed, "\n", 2)).usage
    assert (usage.prompt_tokens - 1) // CHUNK * CHUNK - usage.tokens_reused <= 0


def test_probabilities_are_unknown_and_not_invented(npu: Model) -> None:
    """The pipeline tells none for a token, so the pieces have none."""
    answer = npu.ask(continue_text("import os\nimport ", 4))
    assert len(answer.ids) > 0
    assert () == answer.log_probs


def test_a_cancel_is_heard_while_it_decodes(npu: Model) -> None:
    """The answer ends with the token at which it was not wanted any more."""
    stopped = npu.ask(continue_text("\n".join(f"value_{n} = {n}" for n in range(30)), 24), after_tokens(2))
    assert ("cancelled", 2) == (stopped.usage.finish_reason, len(stopped.ids))


def test_a_cancel_is_heard_after_the_running_chunk_which_is_kept(npu: Model) -> None:
    """A prefill stopped after two calls has put two chunks into the cache, which the next request finds."""
    request = infill(1150, 8, before=70)
    stopped = npu.ask(request, after_frames(3))
    again = npu.ask(request)
    assert ("cancelled", 3, ()) == (stopped.usage.finish_reason, len(stopped.frames), stopped.ids)
    assert 2 * CHUNK == again.usage.tokens_reused


def test_a_resumed_answer_goes_on_where_it_stopped(npu: Model) -> None:
    """Broken off after three tokens and put back, an answer comes out as in one go."""
    request = infill(420, 10, before=30, new=10)
    whole = npu.ask(request)
    first = npu.ask(request, after_tokens(3))
    rest = Request(id=2, parts=request.parts, max_new_tokens=10 - len(first.ids), resume_ids=first.ids)
    assert whole.ids == first.ids + (npu.ask(rest).ids if first.usage.finish_reason == "cancelled" else ())


def test_a_prompt_over_the_limit_is_never_sent(engine: NpuEngine) -> None:
    """The engine refuses it with the numbers, and answers the next one."""
    with pytest.raises(PromptTooLong, match=r"600 tokens .* may have 512"):
        engine.run(ids(600, 1), 4, frozenset(), lambda tokens: True)
    with pytest.raises(PromptTooLong, match="together 576"):
        engine.run(ids(500, 1), 100, frozenset(), lambda tokens: True)
    assert 1 == engine.run(ids(20, 1), 2, frozenset(), lambda tokens: True).prefill_steps


def test_a_prompt_of_one_token_is_refused(engine: NpuEngine) -> None:
    """The pipeline would take it for the next token of the answer before."""
    with pytest.raises(GenerationFailed, match="one token"):
        engine.run([500], 4, frozenset(), lambda tokens: True)


def test_what_a_step_raises_is_raised(engine: NpuEngine) -> None:
    """The pipeline swallows errors of its streamer; ours come out, and the generation has ended with the first."""
    calls = []

    def step(tokens: Sequence[tuple[int, float]]) -> bool:
        calls.append(tokens)
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        engine.run(ids(20, 2), 8, frozenset(), step)
    assert 1 == len(calls)


def test_an_error_of_the_pipeline_ends_the_worker(engine: NpuEngine) -> None:
    """What the cache holds afterwards is unknown, so another process goes on."""

    def step(tokens: Sequence[tuple[int, float]]) -> bool:
        raise RuntimeError("ZE_RESULT_ERROR_DEVICE_LOST")

    with pytest.raises(WorkerDied, match=r"failed on NPU: ZE_RESULT_ERROR_DEVICE_LOST; update the NPU driver"):
        engine.run(ids(20, 3), 8, frozenset(), step)


def test_claimed_reuse_is_what_the_time_shows(engine: NpuEngine) -> None:
    """Of 40 prompts, more than the cache holds, those of which all but a chunk is claimed cost little more than one."""

    def cost(prompt: list[int]) -> tuple[float, int]:
        begun = time.process_time()
        work = engine.run(prompt, 1, frozenset(), lambda tokens: True)
        return time.process_time() - begun, len(prompt) - work.tokens_reused

    one_chunk = statistics.median(cost(ids(120, 100 + seed))[0] for seed in range(7))
    texts = [ids(500, seed) for seed in range(12)]
    dice = random.Random(11)
    costs = [cost(texts[min(int(dice.expovariate(0.3)), 11)]) for _ in range(40)]
    claimed = [seconds for seconds, computed in costs if computed <= CHUNK]
    assert len(claimed) > 10
    # Without the cache they take four chunks.
    assert statistics.median(claimed) < 2.5 * one_chunk


@pytest.mark.parametrize("device", ["NPU", "NPU.7"])
def test_without_an_npu_it_is_refused_with_a_reason(device: str) -> None:
    """One sentence: which device, why not, what to do."""
    with pytest.raises(LoadFailed, match=rf"{device} cannot be used: .*; ") as caught:
        Model(device)
    assert "\n" not in str(caught.value)


def test_a_compiled_model_is_found_by_the_next_load(engine: NpuEngine, blobs: Path) -> None:
    """The second load leaves the blob of the first as it is, and adds none."""

    def found() -> list[tuple[str, int]]:
        return [(path.name, path.stat().st_mtime_ns) for path in blobs.rglob("*.blob")]

    before = found()
    load(blobs)
    assert before == found() != []
