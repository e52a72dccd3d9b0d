"""The demo's side of the protocol: what an editor sends, and how long it waits for the answer."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

import phi_ls
from phi_ls import __version__
from phi_ls.terminal.demo_sample import Sample

ANSWER_S = 30.0
EXPLANATION_S = 180.0
"""Longer than this a server is not waited for; a large model on a slow CPU writes a few tokens a second."""

QUIET_S = 5.0
"""After an answer the engine may still be counting what it cost."""

END_S = 3.0

CAPABILITIES = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        inline_completion=types.InlineCompletionClientCapabilities(),
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
    )
)


class ServerLost(Exception):
    """The server ended, or answered with an error; the message is for the user."""


@dataclass(frozen=True)
class Timed:
    """An answer and the milliseconds from the request to it, as the editor saw them."""

    value: Any
    ms: float


class Editor(LanguageClient):
    """Starts `phi-ls` as an editor does and asks it things."""

    def __init__(self) -> None:
        super().__init__("phi-ls demo", __version__)
        self._text: dict[str, str] = {}
        self._versions = itertools.count(2)
        self._tokens = itertools.count(1)
        self._listeners: dict[str, Callable[[str], None]] = {}
        self._news = asyncio.Event()
        self._listen()

    async def start(self) -> None:
        """Start the server and shake hands; raises ServerLost."""
        # `-m` looks in the working directory first, which may be anything.
        folder = Path(phi_ls.__file__).parent.parent
        await self.start_io(sys.executable, "-m", "phi_ls", "--stdio", cwd=folder, env=_environment())
        parameters = types.InitializeParams(capabilities=CAPABILITIES, process_id=os.getpid(), locale="en")
        await self._answer(self.initialize_async(parameters))
        self.initialized(types.InitializedParams())

    async def end(self) -> None:
        """Shut the server down in order; one that does not follow is killed."""
        server = self._server
        if server is None:
            return
        try:
            await asyncio.wait_for(self.shutdown_async(None), END_S)
            self.exit(None)
            await asyncio.wait_for(server.wait(), END_S)
        except (asyncio.TimeoutError, RuntimeError, OSError, JsonRpcException):
            if server.returncode is None:
                server.kill()
        await self.stop()  # type: ignore[no-untyped-call]  # pygls

    async def status(self) -> dict[str, Any]:
        """Return the server's status object."""
        found: dict[str, Any] = await self._answer(self._command("phi-ls.status", {}))
        return found

    async def news(self, patience_s: float) -> None:
        """Wait until the server has said something unasked since the last time; raises ServerLost when it ended."""
        waiting: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._news.wait())]
        if self._server is not None:
            waiting.append(asyncio.ensure_future(self._server.wait()))
        await asyncio.wait(waiting, timeout=max(0.0, patience_s), return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()
        self._news.clear()

    async def settled(self) -> dict[str, Any]:
        """Return the status once nothing is being generated any more."""
        deadline = time.monotonic() + QUIET_S
        while (status := await self.status())["kind"] == "busy" and time.monotonic() < deadline:
            pass
        return status

    def write(self, sample: Sample, text: str) -> None:
        """Let the sample's document hold this text: open it, or type what is new at its end."""
        old = self._text.get(sample.uri)
        self._text[sample.uri] = text
        if old is None:
            document = types.TextDocumentItem(sample.uri, types.LanguageKind.Python, 1, text)
            self.text_document_did_open(types.DidOpenTextDocumentParams(document))
            return
        if not text.startswith(old):
            raise ValueError("somebody who types only adds to the end")
        end = _end(old)
        change = types.TextDocumentContentChangePartial(range=types.Range(end, end), text=text[len(old) :])
        document_id = types.VersionedTextDocumentIdentifier(uri=sample.uri, version=next(self._versions))
        self.text_document_did_change(types.DidChangeTextDocumentParams(document_id, [change]))

    async def suggestion(self, sample: Sample) -> Timed:
        """Ask for ghost text at the end of the document; the value is the text, or None."""
        context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
        document = types.TextDocumentIdentifier(sample.uri)
        parameters = types.InlineCompletionParams(context, document, _end(self._text[sample.uri]))
        answer = await self._timed(self.text_document_inline_completion_async(parameters))
        items = getattr(answer.value, "items", answer.value)
        return Timed(items[0].insert_text if items else None, answer.ms)

    async def why_not(self, sample: Sample) -> dict[str, Any]:
        """Return the server's newest reason for showing nothing."""
        answer = await self._answer(self._command("phi-ls.whyNoSuggestion", {"textDocument": {"uri": sample.uri}}))
        return next(iter(answer["decisions"]), {"reason": "unknown", "detail": ""})

    async def hover(self, sample: Sample, line: int, character: int) -> Timed:
        """Point at a place; the value is Markdown, or None."""
        document = types.TextDocumentIdentifier(sample.uri)
        parameters = types.HoverParams(document, types.Position(line, character))
        answer = await self._timed(self.text_document_hover_async(parameters))
        return Timed(answer.value.contents.value if answer.value else None, answer.ms)

    async def explanation(self, sample: Sample, first: int, last: int, on_text: Callable[[str], None]) -> Timed:
        """Have lines explained; `on_text` gets each piece as it is written, the value is the command's result."""
        token = f"demo-{next(self._tokens)}"
        self._listeners[token] = on_text
        span = {"start": {"line": first, "character": 0}, "end": {"line": last + 1, "character": 0}}
        command = self._command("phi-ls.explain", {"textDocument": {"uri": sample.uri}, "range": span, "token": token})
        return await self._timed(command, EXPLANATION_S)

    def _listen(self) -> None:
        @self.feature(types.PROGRESS)  # type: ignore[untyped-decorator]  # pygls
        def on_progress(params: types.ProgressParams) -> None:
            listener = self._listeners.get(str(params.token))
            if listener is not None and isinstance(params.value, dict) and params.value.get("kind") == "delta":
                listener(str(params.value.get("text", "")))

        for method in ("phi-ls/didChangeStatus", types.WINDOW_SHOW_MESSAGE, types.WINDOW_LOG_MESSAGE):

            @self.feature(method)  # type: ignore[untyped-decorator]  # pygls
            def on_news(_params: Any) -> None:
                self._news.set()

    def _command(self, name: str, argument: dict[str, Any]) -> Awaitable[Any]:
        return self.workspace_execute_command_async(types.ExecuteCommandParams(command=name, arguments=[argument]))

    async def _timed(self, request: Awaitable[Any], patience_s: float = ANSWER_S) -> Timed:
        begun = time.perf_counter()
        value = await self._answer(request, patience_s)
        return Timed(value, (time.perf_counter() - begun) * 1000)

    async def _answer(self, request: Awaitable[Any], patience_s: float = ANSWER_S) -> Any:
        try:
            return await asyncio.wait_for(request, patience_s)
        except asyncio.TimeoutError as exc:
            raise ServerLost(f"the server has not answered for {patience_s:.0f} seconds") from exc
        except JsonRpcException as exc:
            raise ServerLost(exc.message) from exc
        except (RuntimeError, OSError) as exc:
            raise ServerLost(f"the server ended: {exc}") from exc


def _environment() -> dict[str, str]:
    """Return ours, folders named in it made absolute: the server is started in another one."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("PHI_LS_") and value}
    return {**os.environ, **{name: str(Path(value).expanduser().absolute()) for name, value in ours.items()}}


def _end(text: str) -> types.Position:
    last = text.rpartition("\n")[2]
    return types.Position(text.count("\n"), len(last.encode("utf-16-le")) // 2)
