"""Where one prompt serves all places of a document that was opened and in which nobody has been yet."""

from __future__ import annotations

from collections.abc import Sequence

from phi_ls.answers.budget import RESERVE_TOKENS
from phi_ls.prompts.family import text_budget
from phi_providers.messages import ModelInfo

MOST_LINES = 600
"""Lines above the cursor of which a prompt can have any."""


def place_for_all(lines: Sequence[str], model: ModelInfo) -> tuple[int, int] | None:
    """Return the end of a document, by line and column, if the prompt there begins with that of any other place.

    That is so where all of it fits and the model is not shown what follows. Else None: no place is likelier.
    """
    size = sum(map(len, lines)) + len(lines) - 1
    fits = len(lines) <= MOST_LINES and 0 < size < text_budget(model, RESERVE_TOKENS) * model.chars_per_token
    return (len(lines) - 1, len(lines[-1])) if fits and not model.infill else None
