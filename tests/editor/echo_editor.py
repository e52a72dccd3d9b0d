"""A strict client in front of a server whose model follows a script."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from editor.raw_client import RawClient
from editor.raw_process import TIMEOUT_S
from editor.raw_wire import Json, Violation

SERVER = (sys.executable, "-m", "phi_ls")
URI = "file:///project/area.py"
GHOST_TEXT: Json = {
    "textDocument": {"inlineCompletion": {}, "hover": {"contentFormat": ["markdown", "plaintext"]}},
}
"""What a client with ghost text and Markdown announces."""

_ERRORS = ("Traceback", "ERROR", "never retrieved", "never awaited")


def position(line: int, character: int) -> Json:
    """Return an LSP position."""
    return {"line": line, "character": character}


def span(start: tuple[int, int], end: tuple[int, int]) -> Json:
    """Return an LSP range."""
    return {"start": position(*start), "end": position(*end)}


def environment(folder: Path, script: Path) -> dict[str, str]:
    """Return this process's environment with everything of phi-ls moved below a folder."""
    names = ("CACHE_DIR", "STATE_DIR", "DATA_DIR", "CONFIG")
    moved = {f"PHI_LS_{name}": str(folder / name.lower()) for name in names}
    return {**os.environ, **moved, "PHI_LS_ECHO_SCRIPT": str(script)}


def echo_script(folder: Path, answers: Sequence[Json], **script: Any) -> Path:
    """Write a script for the echo engine that records into `record.jsonl` beside it, and return its path."""
    path = folder / "script.json"
    path.write_text(json.dumps({"record": str(folder / "record.jsonl"), "answers": list(answers), **script}))
    return path


class EchoEditor(RawClient):
    """An editor with a person in front: opens, types, asks. Leaves in order, and no error may be in the server's log.

    `asked` waits for nothing: the engine notes a request before its first token, so whoever has seen an answer, or part
    of one, finds it there.
    """

    def __init__(
        self,
        folder: Path,
        *answers: Json,
        options: Json | None = None,
        capabilities: Json | None = None,
        load: Json | None = None,
        may_log_errors: bool = False,
        initialize: bool = True,
        responders: Mapping[str, Callable[[Any], Any]] | None = None,
        command: Sequence[str] = SERVER,
        variables: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        script = echo_script(folder, answers, **({"load": load} if load else {}))
        variables = {**environment(folder, script), **(variables or {})}
        super().__init__(command, env=variables, cwd=str(folder), responders=responders)
        self.folder = folder
        self._record = folder / "record.jsonl"
        self._versions: dict[str, int] = {}
        self._may_log_errors = may_log_errors
        self.capabilities: Json = {}
        if initialize:
            settings = {"engine": "echo", **(options or {})}
            announced = GHOST_TEXT if capabilities is None else capabilities
            self.capabilities = self.initialize(capabilities=announced, init_options=settings, **params)

    def __enter__(self) -> EchoEditor:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if kind is None and self.process.poll() is None:
                self.exit()
        finally:
            super().__exit__(kind, exc, tb)
        if kind is None and not self._may_log_errors and any(word in self.stderr for word in _ERRORS):
            raise Violation(f"the server logged an error:\n{self.stderr}")

    # --- documents ----------------------------------------------------------------------------------------------------

    def open(self, uri: str, text: str, *, language: str = "python", version: int = 1) -> None:
        """Open a document."""
        self._versions[uri] = version
        super().open(uri, text, language=language, version=version)

    def edit(self, uri: str, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Replace what stands between two positions."""
        self._versions[uri] += 1
        self.change(uri, self._versions[uri], {"range": span(start, end), "text": text})

    def type(self, uri: str, line: int, character: int, text: str) -> None:
        """Insert text at a position."""
        self.edit(uri, (line, character), (line, character), text)

    # --- asking -------------------------------------------------------------------------------------------------------

    def send_inline(self, uri: str, line: int, character: int, *, invoked: bool = False, **context: Any) -> Any:
        """Ask for ghost text and return the request's id."""
        return self.send_request(
            "textDocument/inlineCompletion",
            {**at(uri, line, character), "context": {"triggerKind": 1 if invoked else 2, **context}},
        )

    def inline(self, uri: str, line: int, character: int, *, invoked: bool = False, **context: Any) -> Json | None:
        """Return the one item shown, or None."""
        return item_of(self.result(self.send_inline(uri, line, character, invoked=invoked, **context)))

    def send_hover(self, uri: str, line: int, character: int) -> Any:
        """Ask for a hover and return the request's id."""
        return self.send_request("textDocument/hover", at(uri, line, character))

    def hover(self, uri: str, line: int, character: int) -> Any:
        """Return a hover."""
        return self.result(self.send_hover(uri, line, character))

    def send_explain(self, uri: str, **what: Any) -> Any:
        """Ask for an explanation and return the request's id."""
        return self.command("phi-ls.explain", {"textDocument": {"uri": uri}, **what})

    def explain(self, uri: str, **what: Any) -> Json:
        """Return an explanation."""
        explained: Json = self.result(self.send_explain(uri, **what))
        return explained

    def status(self) -> Json:
        """Return the server's status."""
        status: Json = self.result(self.command("phi-ls.status", {}))
        return status

    def why(self, uri: str | None = None) -> list[Json]:
        """Return the decisions against suggestions, newest first."""
        options = {} if uri is None else {"textDocument": {"uri": uri}}
        decisions: list[Json] = self.result(self.command("phi-ls.whyNoSuggestion", options))["decisions"]
        return decisions

    def reason(self) -> str | None:
        """Return the newest reason for which nothing was shown."""
        decisions = self.why()
        return decisions[0]["reason"] if decisions else None

    def result(self, request_id: Any) -> Any:
        """Wait for the answer to a request and return its result; an error fails the test."""
        reply = self.reply(request_id)
        assert "error" not in reply, reply
        return reply["result"]

    # --- the engine ---------------------------------------------------------------------------------------------------

    def asked(self) -> list[Json]:
        """Return the requests for text that the engine has begun: id, prompt, new, resumed."""
        return [entry for entry in self._entries() if entry.get("new")]

    def computed(self) -> list[Json]:
        """Return the prompts that the engine was given to compute without an answer: id, prompt, reused."""
        return [entry for entry in self._entries() if entry.get("new") == 0]

    def ended(self) -> list[Json]:
        """Return how the engine's requests for text ended: id, finish, emitted."""
        asked = {entry["id"] for entry in self.asked()}
        return [entry for entry in self._entries() if "finish" in entry and entry["id"] in asked]

    def _entries(self) -> list[Json]:
        if not self._record.exists():
            return []
        # The engine may be writing the last line just now.
        complete = self._record.read_text().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in complete]

    def settled(self) -> Json:
        """Wait until the model is loaded and has nothing to do, and return the status then."""
        status: Json = self.until(
            self.status, lambda status: status["kind"] not in ("busy", "inactive") and not status["queue"]
        )
        return status

    def until(self, probe: Callable[[], Any], holds: Callable[[Any], bool], timeout: float = TIMEOUT_S) -> Any:
        """Ask the server again and again until what `probe` returns is as it should be, and return that."""
        deadline = time.monotonic() + timeout
        while not holds(found := probe()):
            self.check()
            assert time.monotonic() < deadline, f"still {found!r} after {timeout} s\n{self.stderr}"
        return found

    def until_asked(self, count: int) -> list[Json]:
        """Wait until the engine has begun so many requests."""
        return list(self.until(lambda: (self.status(), self.asked())[1], lambda asked: len(asked) >= count))


StartEditor = Callable[..., EchoEditor]
"""The fixture `editor`: answers and keywords as EchoEditor takes them behind the folder."""


def at(uri: str, line: int, character: int) -> Json:
    """Return the parameters of a request at a position."""
    return {"textDocument": {"uri": uri}, "position": position(line, character)}


def item_of(result: Any) -> Json | None:
    """Return the one item of an answer with ghost text, None for an empty answer."""
    if result is None:
        return None
    (item,) = result["items"]
    shown: Json = item
    return shown
