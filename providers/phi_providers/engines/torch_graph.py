"""One decode step of fixed addresses and shapes, recorded once on an NVIDIA GPU and replayed for each token.

Python and torch need more time to send the hundreds of kernels of a step than the GPU needs to run them; a replayed
graph is sent at once. The step attends to the whole room of its lane and masks what is not in use.
"""

from __future__ import annotations

from typing import Any

from phi_providers.engines.torch_cache import Lane
from phi_providers.engines.torch_import import torch

REHEARSALS = 3
"""Runs before the recording, in which libraries choose their kernels and allocate what they keep."""


class FixedStep:
    """The decode step of one lane."""

    def __init__(self, model: Any, lane: Lane, room: int, device: str) -> None:
        module = torch()
        self._model = model
        self._lane = lane
        self._token = module.zeros((1, 1), dtype=module.long, device=device)
        self._at = module.zeros((1,), dtype=module.long, device=device)
        self._places = module.arange(room, device=device)
        self._result = module.zeros((2,), dtype=module.float32, device=device)
        self._graph: Any = None

    def record(self) -> None:
        """Record the step on the CUDA device; the lane must be empty. Raises RuntimeError where that is impossible."""
        module = torch()
        side = module.cuda.Stream()
        side.wait_stream(module.cuda.current_stream())
        with module.cuda.stream(side):
            self.rehearse()
        module.cuda.current_stream().wait_stream(side)
        graph = module.cuda.CUDAGraph()
        with module.cuda.graph(graph):
            self._compute()
        self._graph = graph

    def rehearse(self) -> None:
        """Compute the step some times, which gives the lane its room; what it writes there is not in use."""
        for _ in range(REHEARSALS):
            self._compute()

    def next(self, token: int) -> tuple[int, float]:
        """Add a token to the lane; return the one that follows and its log-probability."""
        self._token.fill_(token)
        self._at.fill_(len(self._lane.ids))
        if self._graph is None:
            self._compute()
        else:
            self._graph.replay()
        self._lane.ids.append(token)
        self._lane.show()
        following, log_prob = self._result.tolist()
        return int(following), log_prob

    def _compute(self) -> None:
        for layer in self._lane.layers:
            layer.at = self._at
        try:
            logits = self._model(
                input_ids=self._token,
                position_ids=self._at[None],
                attention_mask=(self._places <= self._at)[None, None, None],
                past_key_values=self._lane.cache,
                use_cache=True,
                logits_to_keep=1,
            ).logits[0, -1]
        finally:
            for layer in self._lane.layers:
                layer.at = None
        self._result.copy_(best(logits))


def best(logits: Any) -> Any:
    """Return the likeliest token and its log-probability as one tensor of two numbers.

    FP32 holds every token id below 2**24 exactly; as one tensor they come from the device in one transfer.
    """
    module = torch()
    logits = logits.float()
    top, index = logits.max(-1)
    return module.stack((index.float(), top - logits.logsumexp(-1)))
