"""What is known of a prompt is not computed again, by each engine's own rule, and no more is claimed than is true."""

from __future__ import annotations

import math

from conformance.engines import Engines
from conformance.loaded import beats
from conformance.prompts import long_text, plain
from conformance.report import Tell
from conformance.subjects import Subject
from engine.built_in import Answer

UNKNOWN = 8
"""Tokens that prompts of no relation may have in common in front."""


def steps(subject: Subject, answer: Answer) -> int:
    """Return the prefill steps that an answer must have taken if what it says of reuse is true."""
    return math.ceil((answer.usage.prompt_tokens - answer.usage.tokens_reused) / subject.chunk)


def test_what_is_appended_is_all_that_is_computed(subject: Subject, engines: Engines) -> None:
    """Unknown, known and longer, and known altogether: the tokens reused are those of the rule, and the steps agree."""
    engine, encode = engines.loaded(subject), engines.reference(subject).encoder.encode
    text = long_text()
    prompts = [plain(text), plain(text + "\n    more = 1\n"), plain(text + "\n    more = 1\n")]
    ids = [encode(prompt) for prompt in prompts]
    cold, longer, again = answers = [engine.ask(prompt, 1) for prompt in prompts]
    pairs = zip(ids[0], ids[1], strict=False)
    common = next((place for place, (old, new) in enumerate(pairs) if old != new), len(ids[0]))
    assert [len(each) for each in ids] == [answer.usage.prompt_tokens for answer in answers]
    assert cold.usage.tokens_reused < UNKNOWN
    assert subject.expected_reuse(common, len(ids[1])) == longer.usage.tokens_reused
    assert subject.expected_reuse(len(ids[2]), len(ids[2])) == again.usage.tokens_reused
    if subject.chunk:
        assert [steps(subject, answer) - 1 for answer in answers] == [beats(answer.frames) for answer in answers]


def test_what_is_reused_takes_no_time(reusing_subject: Subject, engines: Engines, tell: Tell) -> None:
    """The first token of a known prompt comes in little more than half of the time, or less."""
    engine = engines.loaded(reusing_subject)
    prompts = [plain(long_text()) for _ in range(3)]
    cold = [engine.ask(prompt, 1).usage.first_token_ms for prompt in prompts]
    warm = [engine.ask(prompts[-1], 1).usage.first_token_ms for _ in range(3)]
    tell(reusing_subject, "first token", f"{min(cold):.0f} ms, known {min(warm):.0f} ms")
    assert min(warm) < 0.6 * min(cold)


def test_what_the_scheduler_is_told_of_rewinding_is_true(subject: Subject, engines: Engines) -> None:
    """The profile says whether a prompt can be continued at all."""
    assert subject.rewinds == engines.loaded(subject).profile.can_rewind
