"""A line that a model writes at a cursor, without a server in between, and whether it is the right one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count

from phi_ls.answers.budget import SINGLE_LINE_TOKENS
from phi_ls.context.snapshot import Snapshot
from phi_ls.documents import Document
from phi_ls.ghost_text.stopping import finished
from phi_ls.ghost_text.trim import shape
from phi_ls.prompts.family import heal_fragment
from phi_providers.engines.openvino import make_provider
from phi_providers.messages import Load, ModelInfo, Part, Piece, Request, Started
from starter_training.evaluation.cursors import Cursor
from starter_training.evaluation.judging import judge


class Writer:
    """A model that has been loaded."""

    def __init__(self, model: ModelInfo) -> None:
        self._model = model
        self._provider = make_provider(Load(engine="openvino", device="CPU", model=model))
        self._provider.load(lambda _stage: None)
        self._numbers = count()

    def line(self, snapshot: Snapshot, parts: Sequence[Part]) -> tuple[str, float]:
        """Return what the model writes in this line when it is asked so, and the mean probability of its tokens."""
        texts: list[str] = []
        log_probs: list[float] = []

        def emit(frame: Piece | Started) -> bool:
            if isinstance(frame, Piece):
                texts.append(frame.text)
                log_probs.extend(frame.log_probs)
            return not finished(snapshot, "".join(texts), multiline=False)

        request = Request(
            id=next(self._numbers),
            parts=tuple(parts),
            max_new_tokens=SINGLE_LINE_TOKENS,
            heal=heal_fragment(snapshot, self._model),
        )
        self._provider.generate(request, emit)
        return "".join(texts), math.exp(sum(log_probs) / len(log_probs)) if log_probs else 0.0


def is_right(cursor: Cursor, snapshot: Snapshot, text: str) -> bool:
    """Whether what is shown of a text makes the line that was written there."""
    shaped = shape(snapshot, text, multiline=False, mean_probability=None, min_confidence=0.0)
    return isinstance(shaped, str) and judge(cursor, shaped).exact


def snapshot_at(cursor: Cursor) -> Snapshot:
    """Return the document at the cursor."""
    document = Document("", 1, cursor.file.language, cursor.before + cursor.after)
    place = document.position(cursor.row, len(cursor.before.rpartition("\n")[2]))
    return document.snapshot(place, path=cursor.file.path)
