"""The transformers engine on the CPU: the same answers however it came by its keys and values, and its cache."""

from __future__ import annotations

import json
import math
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from engine.built_in import SOURCE, Answer, after_frames, after_tokens, continue_text, fill, infill
from environments.foreign_worker import ForeignWorker, interpreter
from environments.torch_reference import ORIGINAL, torch_model, torch_order

from phi_providers.messages import Piece, Request
from phi_providers.worker_process import PACKAGES

# PyTorch is loaded in some of them, and once for all.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("transformers")]

PROMPTS = [infill(line, 8, before=12, after=4, new=6) for line in (150, 450, 750)] + [
    continue_text("\n".join(SOURCE[line - 12 : line]), 6) for line in (300, 600, 900)
]
LONG = infill(640, 8, before=40, new=4)


def check(expected: Answer, found: Answer) -> None:
    """Same tokens; log-probabilities as near as FP32 in another order of summing gives."""
    assert expected.ids == found.ids
    assert expected.log_probs == pytest.approx(found.log_probs, abs=1e-3)


def heartbeats(answer: Answer) -> int:
    """Chunks that were computed before the last one, which brings the first token."""
    return sum(isinstance(frame, Piece) and not frame.token_ids for frame in answer.frames) - 1


@pytest.fixture(scope="module")
def answers(cold_reference: ForeignWorker) -> list[Answer]:
    """All answers, each computed from nothing."""
    return [cold_reference.ask(request) for request in PROMPTS]


def test_loading_tells_what_it_found(reference: ForeignWorker) -> None:
    """Engine, device and measured speeds are in the profile; each stage was reported."""
    profile = reference.profile
    assert ("transformers", "cpu", "cpu", "") == (
        profile.engine,
        profile.device,
        profile.requested_device,
        profile.device_reason,
    )
    assert profile.prefill_tokens_per_s > 0
    assert profile.decode_ms_per_token > 0
    assert ["verifying", "importing torch", "reading the weights", "warming up"] == [
        stage for stage in dict.fromkeys(reference.stages) if stage != "importing the engine"
    ]


def test_chunked_and_warm_answers_equal_the_cold_ones(reference: ForeignWorker, answers: list[Answer]) -> None:
    """Prefill in chunks of 32 tokens, then from the cache: the same tokens, and all but the last one reused."""
    for request, cold in zip(PROMPTS, answers, strict=True):
        check(cold, reference.ask(request))
        warm = reference.ask(request)
        check(cold, warm)
        assert warm.usage.prompt_tokens - 1 == warm.usage.tokens_reused
    assert {0} == {cold.usage.tokens_reused for cold in answers}


def test_a_resumed_answer_equals_the_one_in_one_go(reference: ForeignWorker, answers: list[Answer]) -> None:
    """Put back with what it had emitted, an answer comes out the same."""
    for request, cold in zip(PROMPTS, answers, strict=True):
        if len(cold.ids) < 3:
            continue
        rest = reference.ask(
            Request(id=2, parts=request.parts, max_new_tokens=request.max_new_tokens - 2, resume_ids=cold.ids[:2])
        )
        assert cold.ids == cold.ids[:2] + rest.ids
    assert any(len(cold.ids) >= 3 for cold in answers)


def test_a_cancelled_prefill_keeps_what_it_computed(reference: ForeignWorker) -> None:
    """Stopped between two chunks, a prompt is neither computed again nor answered differently."""
    reference.ask(fill("# something else\n", "\n# altogether\n", new=1))
    stopped = reference.ask(LONG, after_frames(4))
    again = reference.ask(LONG)
    assert ("cancelled", ()) == (stopped.usage.finish_reason, stopped.ids)
    assert again.usage.tokens_reused >= 2 * 32
    check(again, reference.ask(LONG))


def test_a_cancel_is_heard_within_two_tokens(reference: ForeignWorker) -> None:
    """The answer ends soon after nobody wants it any more."""
    stopped = reference.ask(continue_text("\n".join(SOURCE[300:312]), 200), after_tokens(2))
    assert "cancelled" == stopped.usage.finish_reason
    assert len(stopped.ids) <= 4


def test_two_prompts_stay_warm_side_by_side(reference: ForeignWorker) -> None:
    """Typing and an explanation do not evict each other."""
    typing, asking = infill(800, 8, before=20, new=1), continue_text("\n".join(SOURCE[1000:1020]), 1)
    for request in (typing, asking):
        reference.ask(request)
    for request in (typing, asking, typing):
        usage = reference.ask(request).usage
        assert usage.prompt_tokens - 1 == usage.tokens_reused


def test_a_change_in_front_costs_everything(reference: ForeignWorker) -> None:
    """What does not begin alike is computed: as many heartbeats as there are chunks."""
    reference.ask(LONG)
    changed = reference.ask(fill("# another first line\n" + LONG.parts[3].text, "\nother\n" + LONG.parts[1].text, 1))
    assert changed.usage.tokens_reused <= 2
    assert math.ceil((changed.usage.prompt_tokens - changed.usage.tokens_reused) / 32) - 1 == heartbeats(changed)


FIXED_STEP = """
import json, sys
sys.path.insert(0, sys.argv[1])
from phi_providers.engines.torch_import import torch, transformers
from phi_providers.engines.torch_cache import Lane
from phi_providers.engines.torch_graph import FixedStep
from phi_providers.engines.torch_steps import StepLoop

torch().set_num_threads(1)
model = transformers().Phi3ForCausalLM.from_pretrained(sys.argv[2], dtype=torch().float32, local_files_only=True)
ids = list(range(300, 350))
loop = StepLoop(model, "cpu", room=128, chunk=16)
usual, fixed = [], []
loop.run(ids, 12, frozenset(), lambda tokens: usual.extend(tokens) or True)
with torch().inference_mode():
    lane = Lane(model.config.num_hidden_layers, 128)
    step = FixedStep(model, lane, 128, "cpu")
    step.rehearse()
    other = StepLoop(model, "cpu", room=128, chunk=16)
    other.use([lane], [step])
other.run(ids, 12, frozenset(), lambda tokens: fixed.extend(tokens) or True)
other.run([*ids, 400], 1, frozenset(), lambda tokens: fixed.extend(tokens) or True)
loop.run([*ids, 400], 1, frozenset(), lambda tokens: usual.extend(tokens) or True)
print(json.dumps([usual, fixed, len(lane.ids)]))
"""


def test_the_step_that_a_gpu_records_computes_what_the_usual_one_does() -> None:
    """Attending to the whole room under a mask gives the same tokens as attending to what is in use."""
    command = [interpreter("transformers"), "-c", FIXED_STEP, str(PACKAGES), str(ORIGINAL)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, cwd=PACKAGES)
    assert 0 == done.returncode, done.stderr[-2000:]
    usual, fixed, held = json.loads(done.stdout.splitlines()[-1])
    assert [token for token, _ in usual] == [token for token, _ in fixed]
    assert [value for _, value in usual] == pytest.approx([value for _, value in fixed], abs=1e-4)
    assert 51 == held


@pytest.mark.parametrize("device", ["cuda", "cuda:7", "xpu", "NPU"])
def test_a_device_that_is_not_there_is_refused_with_a_reason(device: str) -> None:
    """One sentence: which device, why not, what to do."""
    with pytest.raises(AssertionError, match=rf"{device} cannot be used: .*; ") as caught:
        ForeignWorker(torch_order(device), interpreter("transformers"))
    assert "\n" not in str(caught.value)


def test_weights_that_may_hold_code_are_not_read(tmp_path: Path) -> None:
    """A folder whose weights are a pickle is refused, and the pickle is not opened."""
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((ORIGINAL / name).read_bytes())
    trap = tmp_path / "sprung"
    (tmp_path / "pytorch_model.bin").write_bytes(b"cposix\nsystem\n(S'touch " + str(trap).encode() + b"'\ntR.")
    model = torch_model()
    order = torch_order()
    with pytest.raises(AssertionError, match="could not be loaded on cpu"):
        ForeignWorker(replace(order, model=replace(model, path=str(tmp_path))), interpreter("transformers"))
    assert not trap.exists()
