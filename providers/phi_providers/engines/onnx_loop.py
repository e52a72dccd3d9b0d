"""Prefill and decode on ONNX Runtime GenAI, for one request at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from phi_providers.engines.onnx_lanes import Lane, Lanes
from phi_providers.engines.onnx_sizes import Pace
from phi_providers.token_engine import Step, Work


class GeneratorLoop:
    """A loaded model. `continuous`: whether a generator takes more tokens after its first prompt."""

    def __init__(
        self, library: Any, model: Any, *, context: int, lanes: int, continuous: bool = True, caching: bool = True
    ) -> None:
        self._library = library
        self._model = model
        self._context = context
        self._continuous = continuous
        self._caching = caching and continuous
        self._lanes = Lanes(self._make_generator, lanes if self._caching else 1)
        self.pace: Pace | None = None
        """The length of prefill steps; None: all at once."""

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Prefill in chunks, then decode until `step` has enough, a stop token or the limit."""
        ids = list(ids)
        if not self._caching:
            self._lanes.clear()
        lane = self._lanes.take(ids)
        try:
            reused = lane.rewind(ids) if self._caching else 0
            steps, wanted = self._prefill(lane, ids[reused:], step)
            if wanted:
                _decode(lane, max_new_tokens, stop_ids, step)
        except BaseException:  # whatever ended it, what the lane holds is not what its books say
            self._lanes.drop(lane)
            raise
        return Work(tokens_reused=reused, prefill_steps=steps)

    def _prefill(self, lane: Lane, ids: list[int], step: Step) -> tuple[int, bool]:
        """Return the steps taken, and whether anybody wants the answer."""
        steps = 0
        while ids:
            length = self.pace.tokens if self.pace and self._continuous else len(ids)
            begun = time.perf_counter()
            lane.append(ids[:length])
            steps += 1
            if self.pace:
                self.pace.took(min(length, len(ids)), time.perf_counter() - begun)
            ids = ids[length:]
            if ids and not step(()):
                return steps, False
        return steps, True

    def _make_generator(self) -> Any:
        parameters = self._library.GeneratorParams(self._model)
        # Whatever the model's configuration prefers: greedy, nothing favoured, nothing forbidden.
        parameters.set_search_options(
            max_length=self._context,
            min_length=0,
            do_sample=False,
            num_beams=1,
            top_k=1,
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
        )
        return self._library.Generator(self._model, parameters)


def _decode(lane: Lane, max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> None:
    for _ in range(max_new_tokens):
        token, log_prob = lane.next()
        if not math.isfinite(log_prob):
            raise RuntimeError("the model computed no numbers (NaN)")
        if not step([(token, log_prob)]) or token in stop_ids or lane.done:
            return
