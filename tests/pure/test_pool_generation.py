"""A generation that yields, and who may go on with it."""

from __future__ import annotations

import pytest

from phi_providers.errors import GenerationFailed
from phi_providers.generation import Generation
from phi_providers.job import Job
from phi_providers.messages import ModelInfo, Part, Urgency, Usage
from phi_providers.scheduler import Ticket
from phi_providers.stream import Stream

SMALL, LARGE = (ModelInfo(id=name, family="fim", path=name, context=100) for name in ("small", "large"))


def _generation() -> Generation:
    return Generation(
        job=Job(parts=lambda _: (Part(text="x"),), max_new_tokens=9, urgency=Urgency.ASKED),
        stream=Stream(1, lambda _: None, lambda _: None),
        ticket=Ticket(id=1, urgency=Urgency.ASKED),
    )


def test_another_model_does_not_go_on_with_what_one_began() -> None:
    """Token ids of one model are other words to the next, so the answer fails instead of turning into noise."""
    generation = _generation()
    generation.request(SMALL)
    generation.emitted += [5, 6]
    assert (5, 6) == generation.request(SMALL).resume_ids

    with pytest.raises(GenerationFailed, match="replaced"):
        generation.request(LARGE)


def test_another_model_may_begin_what_none_has_begun() -> None:
    """Nothing has been written yet, so nothing can be mixed."""
    generation = _generation()
    generation.request(SMALL)
    assert () == generation.request(LARGE).resume_ids


def test_the_cost_is_that_of_all_legs() -> None:
    """A resumed leg finds its own prompt in the cache; only what was there before the first leg was reused."""
    generation = _generation()
    generation.yielded(Usage(prompt_tokens=50, tokens_reused=10, new_tokens=2, first_token_ms=30, total_ms=40))
    generation.emitted += [5, 6, 7]
    whole = generation.usage(Usage(prompt_tokens=52, tokens_reused=50, new_tokens=1, first_token_ms=3, total_ms=8))
    assert (50, 10, 3, 30, 48) == (
        whole.prompt_tokens,
        whole.tokens_reused,
        whole.new_tokens,
        whole.first_token_ms,
        whole.total_ms,
    )
