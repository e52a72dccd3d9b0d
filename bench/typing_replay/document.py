"""The open file as the editor holds it: a text, edited at offsets, with positions as the protocol counts them."""

from __future__ import annotations

from bench.editor import Json
from bench.typing_replay.suggesting import Suggesting


class OpenFile:
    """A document that the editor has opened."""

    def __init__(self, editor: Suggesting, uri: str, language: str, text: str) -> None:
        self.uri, self.text = uri, text
        self._editor = editor
        self._version = 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        editor.notify("textDocument/didOpen", {"textDocument": item})

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace the text between two offsets."""
        span = {"start": self.position(start), "end": self.position(end)}
        self.text = self.text[:start] + text + self.text[end:]
        self._version += 1
        document = {"uri": self.uri, "version": self._version}
        changes = [{"range": span, "text": text}]
        self._editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def position(self, offset: int) -> Json:
        """Return line and UTF-16 character of an offset."""
        line = self.text.count("\n", 0, offset)
        before = self.text[self.text.rfind("\n", 0, offset) + 1 : offset]
        return {"line": line, "character": len(before.encode("utf-16-le")) // 2}

    def close(self) -> None:
        """Close it; the server forgets what it knows of it."""
        self._editor.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})
