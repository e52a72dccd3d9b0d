"""The product as an editor sees it: one server process over stdio."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.editor import AUTOMATIC, CAPABILITIES, Editor, Json
from bench.sandbox import Sandbox

from phi_providers.models.installed import from_folder
from phi_providers.models.manifest import verify
from starter_training.evaluation.cursors import Cursor

LOADING_TRIES = 40
"""The server answers within eight seconds, whether the model is there or not."""


class WrongModel(Exception):
    """Another model answers than the one that is to be measured."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What the product answered at one cursor."""

    text: str
    """Empty when nothing was shown."""
    reason: str
    """`shown`, or why nothing was."""
    ms: float
    """From opening the file, of which nothing is known yet, until the answer has been read."""


class Product:
    """A running server with one model."""

    def __init__(self, editor: Editor, root: Path, model: str) -> None:
        self._editor = editor
        self._root = root
        self._model = model

    def suggest(self, cursor: Cursor) -> Suggestion:
        """Open the file without what is to be suggested and ask at the cursor, as after a key."""
        begun = time.perf_counter()
        with self._opened(cursor.file.path, cursor.file.language, cursor.before + cursor.after) as uri:
            column = len(cursor.before.rpartition("\n")[2].encode("utf-16-le")) // 2
            text = self._ask(uri, cursor.row, column)
            ms = (time.perf_counter() - begun) * 1000
            reason = "shown" if text else self._why_not(uri)
        return Suggestion(text=text, reason=reason, ms=ms)

    def explain(self, path: str, language: str, text: str, lines: tuple[int, int]) -> str:
        """Return the explanation of lines of a document, from 0, the second not included."""
        with self._opened(path, language, text) as uri:
            span = {name: {"line": line, "character": 0} for name, line in zip(("start", "end"), lines, strict=True)}
            answer = self._editor.command("phi-ls.explain", textDocument={"uri": uri}, range=span, language="en")
        self._check(answer["model"])
        return str(answer["text"])

    def wait_until_loaded(self) -> None:
        """Ask until the model answers; raises WrongModel if it is another one."""
        for _ in range(LOADING_TRIES):
            with self._opened("loading.py", "python", "def total(values):\n    return ") as uri:
                self._ask(uri, 1, 11)
            if self._editor.command("phi-ls.status")["device"]:
                return self.check()
        raise WrongModel(f"{self._model} has not been loaded: {self._editor.command('phi-ls.status')['message']}")

    def check(self) -> None:
        """Raise WrongModel unless it is still the right model that answers."""
        self._check(self._editor.command("phi-ls.status")["model"])

    def _check(self, answering: str) -> None:
        if answering != self._model:
            raise WrongModel(f"{answering} answers instead of {self._model}")

    def _ask(self, uri: str, line: int, column: int) -> str:
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}
        answer = self._editor.request("textDocument/inlineCompletion", {**place, "context": {"triggerKind": AUTOMATIC}})
        items: list[Json] = answer["items"] if answer else []
        return str(items[0]["insertText"]) if items else ""

    def _why_not(self, uri: str) -> str:
        decisions = self._editor.command("phi-ls.whyNoSuggestion", textDocument={"uri": uri})["decisions"]
        return str(decisions[0]["reason"]) if decisions else "unknown"

    @contextlib.contextmanager
    def _opened(self, path: str, language: str, text: str) -> Iterator[str]:
        uri = (self._root / path).as_uri()
        item: dict[str, Any] = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self._editor.notify("textDocument/didOpen", {"textDocument": item})
        try:
            yield uri
        finally:
            self._editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


@contextlib.contextmanager
def product(box: Sandbox, folder: Path, settings: Mapping[str, object]) -> Iterator[Product]:
    """Start a server whose model is the one in this folder; raises ModelError or WrongModel.

    `settings` are what differs from the defaults.
    """
    verify(folder, full=True)
    root = box.folder / "project"
    with box.server() as editor:
        editor.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": "project"}],
                "capabilities": CAPABILITIES,
                # The CPU, where the built-in model runs by itself, for the others too.
                "initializationOptions": {"modelPath": str(folder), "device": "CPU", **settings},
            },
        )
        editor.notify("initialized", {})
        running = Product(editor, root, from_folder(folder).id)
        running.wait_until_loaded()
        yield running
        running.check()
        editor.shut_down()
