"""Bits per byte: how many bits a model needs for a byte of text, computed on the model's files without the product.

Models with different vocabularies can be compared by it. Where nothing comes before the first token, not even a control
token that says so, it is charged as if all tokens were equally likely.
"""

from __future__ import annotations

import math
import os
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from phi_providers.engines.openvino_import import openvino
from phi_providers.messages import Control, ModelInfo, Part
from phi_providers.models.installed import from_folder
from phi_providers.prompt import PromptEncoder

ROWS = 256
"""Positions whose logits are turned into probabilities at a time, which bounds the memory."""

HEADER_TOKENS = 64
"""Kept free in the context for a line with the file's name."""

ANSWER_TOKENS = 256
"""Kept free in the context for the text that a prompt asks for."""


class Scorer:
    """A model that says how likely a text is."""

    def __init__(self, folder: Path) -> None:
        self.model: ModelInfo = from_folder(folder)
        self.encoder = PromptEncoder(folder / "tokenizer.json", self.model.controls)
        core = openvino().Core()
        properties = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": os.cpu_count() or 1}
        compiled = core.compile_model(core.read_model(folder / "openvino_model.xml"), "CPU", properties)
        self._request: Any = compiled.create_infer_request()

    def reach(self, text: str) -> int:
        """Return how many of the text's characters fit into the model's context, with a header."""
        spans = self.encoder.text.encode(text).spans[: self.model.context - HEADER_TOKENS]
        return spans[-1][1] if spans else 0

    def bits(self, text: str, header: str = "") -> float:
        """Return the bits of a text below a header, which costs nothing; both must fit into the context."""
        begin = self.encoder.encode([Part(control=Control.BEGIN)])
        encoded = self.encoder.text.encode(header + text)
        first = len(begin) + bisect_left(encoded.spans, (len(header), 0))
        ids = [*begin, *encoded.ids]
        return self._bits(ids, first) if first else math.log2(len(self.encoder.text.table)) + self._bits(ids, 1)

    def answer_bits(self, question: Sequence[Part], answer: str) -> float:
        """Return the bits of an answer to a prompt, which is cut as the product cuts it."""
        prompt = self.encoder.fit(question, self.model.context - ANSWER_TOKENS).ids
        ids = self.encoder.text.encode(answer, at_start=self.encoder.text.has_dummy).ids[:ANSWER_TOKENS]
        return self._bits([*prompt, *ids], len(prompt))

    def _bits(self, ids: Sequence[int], first: int) -> float:
        """Return the bits of the tokens from index `first` on, given all before each."""
        logits = self._logits(ids)[first - 1 : -1]
        wanted = np.array(ids[first:], dtype=np.int64)
        nats = 0.0
        for start in range(0, len(wanted), ROWS):
            nats += _nats(logits[start : start + ROWS], wanted[start : start + ROWS])
        return nats / math.log(2)

    def _logits(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        self._request.reset_state()
        count = len(ids)
        self._request.infer(
            {
                "input_ids": np.array([ids], dtype=np.int64),
                "attention_mask": np.ones((1, count), dtype=np.int64),
                "position_ids": np.arange(count, dtype=np.int64)[None],
                "beam_idx": np.zeros(1, dtype=np.int32),
            }
        )
        logits: npt.NDArray[np.float32] = self._request.get_tensor("logits").data[0]
        return logits


def _nats(logits: npt.NDArray[np.float32], wanted: npt.NDArray[np.int64]) -> float:
    rows = logits.astype(np.float64)
    rows -= rows.max(axis=1, keepdims=True)
    chosen = rows[np.arange(len(wanted)), wanted]
    return float((np.log(np.exp(rows).sum(axis=1)) - chosen).sum())


def common_beginning(text: str, scorers: Sequence[Scorer]) -> str:
    """Return the lines from the beginning of a text that all models can take in, so that all are given the same."""
    reach = min(scorer.reach(text) for scorer in scorers)
    if reach >= len(text):
        return text
    return text[: text.rfind("\n", 0, reach) + 1] or text[:reach]
