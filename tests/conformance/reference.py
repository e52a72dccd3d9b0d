"""What every engine is held to: Phi-3's arithmetic written down in numpy, FP32, each prompt from nothing.

Torch's answers are compared with it like all others, so whoever agrees with it agrees with torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from engine.phi3_in_numpy import Floats, Kept, Phi3, Weights

from phi_providers.models.installed import BUILTIN, read_object
from phi_providers.token_engine import EngineFacts, Step, Work


class NumpyEngine:
    """A TokenEngine without a cache, for the built-in model with whichever weights.

    `margins`: how sure the last run was of each token it gave.
    """

    def __init__(self, weights: Weights) -> None:
        self._model = Phi3(weights, read_object(BUILTIN / "config.json"), np.float32)
        self.margins: list[float] = []

    def load(self, progress: Callable[[str], None]) -> EngineFacts:
        """Nothing is left to do."""
        return EngineFacts(engine="numpy", version=np.__version__, device="CPU", requested="CPU")

    def run(self, ids: Sequence[int], max_new_tokens: int, stop_ids: frozenset[int], step: Step) -> Work:
        """Compute the whole prompt at once, then token by token."""
        self.margins = []
        kept: Kept = []
        scores = _log_probabilities(self._model.last_logits(ids, kept))
        for count in range(max_new_tokens):
            second, first = np.partition(scores, -2)[-2:]
            token = int(scores.argmax())
            self.margins.append(float(first - second))
            if not step([(token, float(first))]) or token in stop_ids or count + 1 == max_new_tokens:
                break
            scores = _log_probabilities(self._model.last_logits([token], kept))
        return Work(prefill_steps=1)


def _log_probabilities(logits: Floats) -> Floats:
    scores = logits.astype(np.float64)
    return np.asarray(scores - scores.max() - np.log(np.exp(scores - scores.max()).sum()))
