"""The prompt that phi-ls would send for a cursor, as token ids, so that two engines are compared and not two prompts.

The same document, window, template and tokenizer, with the window's edges kept from one prompt to the next. One thing
is not the same: a word that is half typed stays in the prompt. phi-ls has it written anew (token healing), for which
llama-server has no request.
"""

from __future__ import annotations

from pathlib import Path

from phi_ls.answers.prompting import prompt
from phi_ls.context.snapshot import Snapshot
from phi_ls.context.window import Edges, after_cut
from phi_providers.messages import RESERVE_TOKENS, ModelInfo
from phi_providers.prompt import PromptEncoder


class Prompts:
    """Prompts for one model."""

    def __init__(self, model: ModelInfo) -> None:
        self._model = model
        self._encoder = PromptEncoder(Path(model.path) / "tokenizer.json", model.controls)
        self._edges: dict[str, Edges] = {}

    def ids(self, snapshot: Snapshot, new_tokens: int) -> tuple[int, ...]:
        """Return the prompt at the snapshot's cursor, which leaves room for so many tokens."""
        parts = prompt(self._edges, snapshot, self._model)
        fitted = self._encoder.fit(parts, self._model.context - max(new_tokens, RESERVE_TOKENS))
        if fitted.lines_cut:
            self._edges[snapshot.uri] = after_cut(self._edges[snapshot.uri], fitted.lines_cut)
        return fitted.ids

    def plain(self, text: str) -> list[int]:
        """Return the ids of a text by itself."""
        return self._encoder.text.encode(text).ids
