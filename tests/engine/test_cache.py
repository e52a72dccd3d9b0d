"""The prefix cache: what it saves, what it holds, and that no more is claimed than was saved."""

from __future__ import annotations

import random

import pytest
from engine.built_in import STRICT, Model, after_frames, fill, infill

from phi_providers.engines.openvino import OpenVinoEngine
from phi_providers.messages import Load, Request
from phi_providers.models.installed import builtin

LONG = infill(640, 8, before=70)


def heartbeats(model: Model, request: Request) -> int:
    """Prefill steps that a request took: one heartbeat for each but the last, which brings the first token."""
    return sum(1 for frame in model.ask(request).frames[1:] if not frame.token_ids)  # type: ignore[union-attr]


def test_a_repeated_prompt_costs_its_last_tokens_only() -> None:
    """Cold, a prompt takes one step for each 32 tokens; again, it takes one, and says what it reused."""
    model = Model(**STRICT)
    first = model.ask(LONG)
    again = model.ask(LONG)
    tokens = first.usage.prompt_tokens
    assert (0, tokens // 32 * 32) == (first.usage.tokens_reused, again.usage.tokens_reused)
    assert 1 >= heartbeats(model, LONG)


def test_a_keystroke_costs_what_it_adds(strict: Model) -> None:
    """Typing on at the end of the prompt reuses all of the old prompt but less than a block."""
    line = infill(700, 0).parts[3].text
    for typed in ("    x", "    x = ", "    x = self", "    x = self._loop"):
        answer = strict.ask(fill(line + typed, "\n"))
    assert answer.usage.tokens_reused > answer.usage.prompt_tokens - 2 * 32


def test_a_change_in_front_costs_everything(strict: Model) -> None:
    """A prompt with another beginning reuses nothing, and does not say so either."""
    strict.ask(LONG)
    changed = fill("# another first line\n" + LONG.parts[3].text, "\nother\n" + LONG.parts[1].text)
    assert 0 == strict.ask(changed).usage.tokens_reused


def test_without_the_cache_nothing_is_reused_and_time_shows_it() -> None:
    """The same prompt twice: with the cache a fraction of the steps and less than half of the time."""
    with_cache, without = Model(**STRICT), Model(**STRICT, prefix_caching=False)
    for model in (with_cache, without):
        model.ask(LONG)
    warm, cold = [with_cache.ask(LONG) for _ in range(3)], [without.ask(LONG) for _ in range(3)]
    assert {0} == {answer.usage.tokens_reused for answer in cold}
    stopped = without.ask(LONG, after_frames(4)).usage
    assert ("cancelled", 0) == (stopped.finish_reason, stopped.tokens_reused)
    assert len(warm[0].frames) + 15 < len(cold[0].frames)
    fastest = min(answer.usage.first_token_ms for answer in warm)
    assert fastest < 0.5 * min(answer.usage.first_token_ms for answer in cold)


def test_several_prompts_stay_warm_side_by_side(model: Model) -> None:
    """Four different prompts, then each again: all are answered from the cache."""
    prompts = [infill(line, 8, before=50) for line in (300, 500, 700, 900)]
    for request in prompts:
        model.ask(request)
    for request in reversed(prompts):
        usage = model.ask(request).usage
        assert usage.tokens_reused > usage.prompt_tokens - 33


def test_a_prefill_warms_the_prompt(strict: Model) -> None:
    """After a prefill the first answer finds its prompt in the cache."""
    prompt = infill(850, 4)
    warmed = strict.ask(Request(id=1, parts=prompt.parts, max_new_tokens=0))
    usage = strict.ask(prompt).usage
    assert ((), 0) == (warmed.ids, warmed.usage.new_tokens)
    assert usage.tokens_reused > usage.prompt_tokens - 33


def test_a_cancelled_prefill_keeps_what_it_computed() -> None:
    """Stopped after four chunks, a prompt needs four chunks less the next time."""
    model = Model(**STRICT)
    stopped = model.ask(LONG, after_frames(5))
    again = model.ask(LONG)
    assert ("cancelled", 5) == (stopped.usage.finish_reason, len(stopped.frames))
    assert 4 * 32 == again.usage.tokens_reused


def test_the_books_agree_with_the_steps_that_the_engine_takes() -> None:
    """Random prompts with common beginnings, more than the pool holds: what is claimed is what the steps prove."""
    chunk = 32
    order = Load(
        engine="openvino",
        device="CPU",
        model=builtin(),
        options={"strict": True, "chunk_tokens": chunk, "kv_blocks": 40},
    )
    engine = OpenVinoEngine(order)
    engine.load(lambda stage: None)
    dice = random.Random(7)
    texts = [[dice.randrange(300, 8000) for _ in range(500)] for _ in range(4)]
    claimed = proven = 0
    for _ in range(60):
        ids = dice.choice(texts)[: dice.randrange(40, 500)] + [
            dice.randrange(300, 8000) for _ in range(dice.randrange(9))
        ]
        work = engine.run(ids, 2, frozenset(), lambda tokens: True)
        # Every step but the first request's last and the very last computed a whole chunk.
        most = len(ids) - max(work.prefill_steps - 2, 0) * chunk - 1
        assert 0 <= work.tokens_reused <= most
        claimed, proven = claimed + work.tokens_reused, proven + max(0, len(ids) - work.prefill_steps * chunk)
    assert claimed >= 0.9 * proven > 1000


def test_a_pool_that_holds_less_than_a_prompt_says_so() -> None:
    """A prompt beyond the pool is an error of this request, in one line; the next one is answered."""
    model = Model(**STRICT, kv_blocks=8)
    with pytest.raises(Exception, match="memory") as caught:
        model.ask(LONG)
    assert "\n" not in str(caught.value)
    assert 2 >= len(model.ask(fill("x = ", new=2)).ids) > 0
