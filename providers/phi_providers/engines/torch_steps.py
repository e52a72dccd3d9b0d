"""Prefill in chunks and greedy decoding, on lanes that outlast a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from phi_providers.engines.torch_cache import Lane, Lanes
from phi_providers.engines.torch_graph import FixedStep, best
from phi_providers.engines.torch_import import torch
from phi_providers.token_engine import Step, Work

LANES = 2
"""One for typing, one for the rest."""


class StepLoop:
    """A loaded model and its lanes. Any of its methods may raise RuntimeError, all that torch has for failures."""

    def __init__(self, model: Any, device: str, *, room: int, chunk: int, caching: bool = True) -> None:
        self.chunk = chunk
        self._model = model
        self._device = device
        self._caching = caching
        lanes = [Lane(model.config.num_hidden_layers, room) for _ in range(LANES)]
        self._room = room
        self._lanes = Lanes(lanes)
        self._recorded: dict[int, FixedStep] = {}

    def record(self) -> None:
        """Make decoding on a CUDA device worth while; raises RuntimeError where the model cannot be recorded."""
        with torch().inference_mode():
            lanes = [Lane(self._model.config.num_hidden_layers, self._room) for _ in range(LANES)]
            steps = [FixedStep(self._model, lane, self._room, self._device) for lane in lanes]
            for step in steps:
                step.record()
        self.use(lanes, steps)

    def use(self, lanes: Sequence[Lane], steps: Sequence[FixedStep]) -> None:
        """Decode in these lanes, in each by its own step."""
        for lane in lanes:
            lane.crop(0)
        self._lanes = Lanes(lanes)
        self._recorded = {id(lane): step for lane, step in zip(lanes, steps, strict=True)}

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Prefill what no lane holds, then decode until `step` has enough, a stop token or the limit."""
        if not self._caching:
            self._lanes.clear()
        with torch().inference_mode():
            lane = self._lanes.take(ids)
            reused = len(lane.ids)
            steps, chosen = self._prefill(lane, ids, step)
            if chosen is not None:
                self._decode(lane, chosen, max_new_tokens, stop_ids, step)
        return Work(tokens_reused=reused, prefill_steps=steps)

    def recover(self) -> None:
        """Make the lanes usable after an error, which may have left keys and values of half a step behind."""
        self._lanes.clear()

    def _prefill(self, lane: Lane, ids: Sequence[int], step: Step) -> tuple[int, tuple[int, float] | None]:
        """Return the chunks computed and the first new token; None instead of it when nobody wants it any more."""
        steps = 0
        while True:
            chunk = list(ids[len(lane.ids) : len(lane.ids) + self.chunk])
            chosen = self._forward(lane, chunk)
            steps += 1
            if len(lane.ids) == len(ids):
                return steps, chosen
            if not step(()):
                return steps, None

    def _decode(
        self, lane: Lane, chosen: tuple[int, float], max_new_tokens: int, stop_ids: frozenset[int], step: Step
    ) -> None:
        fixed = self._recorded.get(id(lane))
        for _ in range(max_new_tokens - 1):
            if not step((chosen,)) or chosen[0] in stop_ids:
                return
            chosen = fixed.next(chosen[0]) if fixed else self._forward(lane, [chosen[0]])
        step((chosen,))

    def _forward(self, lane: Lane, ids: list[int]) -> tuple[int, float]:
        """Add ids to a lane; return the token that follows and its log-probability."""
        output = self._model(
            input_ids=torch().tensor([ids], device=self._device),
            past_key_values=lane.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        lane.ids += ids
        token, log_prob = best(output.logits[0, -1]).tolist()
        return int(token), log_prob
