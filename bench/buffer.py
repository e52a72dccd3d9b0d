"""An open document in the editor: where its cursor stands, what is typed, and how long the server takes to answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench.editor import AUTOMATIC, Editor


@dataclass(frozen=True)
class Answer:
    """What came back for one keystroke."""

    text: str
    """What would be shown; empty for nothing."""
    ms: float
    """From before the edit was sent until the answer had been read."""


class Buffer:
    """A document that the editor has opened; the cursor is at (`line`, `column`), and text is typed there."""

    def __init__(self, editor: Editor, uri: str, text: str, line: int, column: int = 0) -> None:
        self.uri, self.line, self.column = uri, line, column
        self._editor = editor
        self._version = 1
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        editor.notify("textDocument/didOpen", {"textDocument": item})

    def type(self, text: str) -> Answer:
        """Type and ask, as an editor does after each key."""
        begun = time.perf_counter()
        self._change(text)
        return self._answer(begun)

    def type_and_cancel(self, text: str) -> Answer:
        """Type, ask and take the request back at once; the time is that from taking it back to the server's answer."""
        self._change(text)
        asked = self._editor.ask("textDocument/inlineCompletion", self._params())
        begun = time.perf_counter()
        self._editor.notify("$/cancelRequest", {"id": asked})
        outcome = self._editor.outcome(asked)
        return Answer(_text_of(outcome.get("result")), (time.perf_counter() - begun) * 1000)

    def ask(self) -> Answer:
        """Ask at the cursor, without an edit."""
        return self._answer(time.perf_counter())

    def type_only(self, text: str) -> None:
        """Type and do not ask."""
        self._change(text)

    def close(self) -> None:
        """Close the document."""
        self._editor.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})

    def _change(self, text: str) -> None:
        here = {"line": self.line, "character": self.column}
        self._version += 1
        self._editor.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self._version},
                "contentChanges": [{"range": {"start": here, "end": here}, "text": text}],
            },
        )
        *above, last = text.split("\n")
        self.line += len(above)
        self.column = len(last) + (0 if above else self.column)

    def _params(self) -> dict[str, Any]:
        return {
            "textDocument": {"uri": self.uri},
            "position": {"line": self.line, "character": self.column},
            "context": {"triggerKind": AUTOMATIC},
        }

    def _answer(self, begun: float) -> Answer:
        result = self._editor.request("textDocument/inlineCompletion", self._params())
        return Answer(_text_of(result), (time.perf_counter() - begun) * 1000)


def _text_of(result: Any) -> str:
    items = result.get("items", []) if isinstance(result, dict) else []
    return str(items[0]["insertText"]) if items else ""
