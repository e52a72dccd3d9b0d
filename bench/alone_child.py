"""The child of `alone`: makes the server's prompts by the server's own functions and gives them to the provider."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from phi_ls.answers.budget import MULTILINE_TOKENS, SINGLE_LINE_TOKENS
from phi_ls.answers.prompting import prompt
from phi_ls.context.window import Edges, after_cut
from phi_ls.documents import Document
from phi_ls.ghost_text.stopping import finished, wants_multiline
from phi_ls.plan import plan as workers
from phi_ls.prompts.family import heal_fragment
from phi_ls.settings import Settings
from phi_providers.messages import Piece, Request, Started, Usage
from phi_providers.provider import load_provider


class Typist:
    """A document, a cursor, and a provider that is asked at it."""

    def __init__(self) -> None:
        order = workers(Settings())[0][0]
        self._model = order.model
        self._provider = load_provider(order)
        self._provider.load(lambda _stage: None)
        self._edges: dict[str, Edges] = {}
        self._document = Document("", 0, "python", "")
        self._line = self._column = 0

    def open(self, uri: str, text: str, line: int) -> None:
        """Take in a document."""
        self._document = Document(uri, 1, "python", text)
        self._line, self._column = line, 0

    def type(self, text: str) -> None:
        """Type at the cursor."""
        here = types.Position(self._line, self._column)
        change = types.TextDocumentContentChangePartial(range=types.Range(here, here), text=text)
        self._document.apply([change])
        *above, last = text.split("\n")
        self._line += len(above)
        self._column = len(last) + (0 if above else self._column)

    def ask(self) -> dict[str, Any]:
        """Ask as the server does and stop where it would; return what it cost."""
        snapshot = self._document.snapshot(types.Position(self._line, self._column), path="base_events.py")
        multiline = wants_multiline(snapshot, "auto")
        request = Request(
            id=1,
            parts=prompt(self._edges, snapshot, self._model),
            max_new_tokens=MULTILINE_TOKENS if multiline else SINGLE_LINE_TOKENS,
            heal=heal_fragment(snapshot, self._model),
        )
        clock = _Clock(lambda text: finished(snapshot, text, multiline=multiline))
        usage = self._provider.generate(request, clock.emit)
        if clock.lines_cut:
            self._edges[snapshot.uri] = after_cut(self._edges[snapshot.uri], clock.lines_cut)
        return clock.cost(usage)


class _Clock:
    """Notes when the prompt was encoded and when there was enough; of the first token the engine itself tells."""

    def __init__(self, enough: Callable[[str], bool]) -> None:
        self._enough = enough
        self._text = ""
        self.lines_cut: dict[str, int] = {}
        self._begun = self._encoded = self._last = time.perf_counter()

    def emit(self, frame: Piece | Started) -> bool:
        """Take a frame; False once the server would have had enough."""
        self._last = time.perf_counter()
        if isinstance(frame, Started):
            self._encoded = self._last
            self.lines_cut = dict(frame.lines_cut)
            return True
        self._text += frame.text
        return not (frame.token_ids and self._enough(self._text))

    def cost(self, usage: Usage) -> dict[str, Any]:
        """Return the three spans, which end when there was enough, and what was computed in them."""
        encode_ms = (self._encoded - self._begun) * 1000
        return {
            "encode_ms": encode_ms,
            "prefill_ms": usage.first_token_ms - encode_ms,
            "decode_ms": (self._last - self._begun) * 1000 - usage.first_token_ms,
            "tokens": usage.new_tokens,
            "prompt_tokens": usage.prompt_tokens,
            "tokens_reused": usage.tokens_reused,
        }


def main() -> None:
    """Take orders, one JSON line each, until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the engine prints is no answer
    typist = Typist()
    for line in sys.stdin:
        order = json.loads(line)
        answer: dict[str, Any] = {}
        if "ask" in order:
            answer = typist.ask()
        elif "type" in order:
            typist.type(order["type"])
        else:
            typist.open(**order)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
