"""The features of the two servers that the corrections are shown on: ours, and stock pygls."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

ERROR_TEXT = "secret_source_text = 1"


def register(server: LanguageServer, document_of: Callable[[str], Any]) -> None:
    """Register all features; `document_of` is the server's own way to a document."""
    _register_requests(server, document_of)
    _register_commands(server)
    _register_faults(server)
    _register_hanging(server)


def _register_requests(server: LanguageServer, document_of: Callable[[str], Any]) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        document = document_of(params.text_document.uri)
        if document is None:
            return None
        lines = list(document.lines)
        return types.Hover(
            contents=f"version {document.version}, {len(lines)} lines, {sum(map(len, lines))} characters"
        )

    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(params: types.InlineCompletionParams) -> None:
        await asyncio.Event().wait()

    @server.feature("test/ask")
    async def ask(ls: LanguageServer, _params: Any) -> Any:
        item = types.ConfigurationItem(section="test")
        return await ls.workspace_configuration_async(types.ConfigurationParams(items=[item]))

    @server.feature("test/column")
    def column(params: Any) -> list[int] | None:
        uri, line, character = (params[k] if isinstance(params, dict) else getattr(params, k) for k in _POSITION)
        document = document_of(uri)
        return None if document is None else list(document.clamp(types.Position(line, character)))

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def document_symbol(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        raise ValueError(ERROR_TEXT)


_POSITION = ("uri", "line", "character")


def _register_commands(server: LanguageServer) -> None:
    @server.command("test.echo")
    def echo(value: Any) -> Any:
        return value

    @server.command("test.progress")
    async def progress(ls: LanguageServer, token: str) -> str:
        """Reports until cancelled, but for 50 times at most."""
        for number in range(50):
            ls.protocol.notify("$/progress", types.ProgressParams(token=token, value=number))
            await asyncio.sleep(0.02)
        return "done"

    @server.command("test.flood")
    def flood(ls: LanguageServer, count: int, size: int) -> str:
        for number in range(count):
            ls.window_log_message(types.LogMessageParams(types.MessageType.Log, f"{number} {'x' * size}"))
        return "flooded"

    @server.command("test.long")
    def long(size: int) -> str:
        return "x" * size


def _register_faults(server: LanguageServer) -> None:
    @server.command("test.print")
    def print_to_stdout() -> None:
        print("a stray line", flush=True)
        os.write(1, b"a stray line of a native library\n")

    @server.command("test.unserialisable")
    def unserialisable() -> Any:
        return object

    @server.command("test.infinite")
    def infinite() -> float:
        return float("inf")

    @server.command("test.child")
    async def child() -> str:
        """Lets a child read stdin, and returns what it got."""
        code = "import sys; print(repr(sys.stdin.read()))"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        return output.decode().strip()


def _register_hanging(server: LanguageServer) -> None:
    @server.command("test.stubborn")
    async def stubborn() -> str:
        """Ignores being cancelled, again and again."""
        _say_hanging()
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    @server.command("test.block")
    def block() -> None:
        """Blocks the event loop for ever."""
        _say_hanging()
        threading.Event().wait()

    @server.command("test.spin")
    def spin() -> None:
        """Keeps the event loop busy for ever."""
        _say_hanging()
        while True:
            pass

    @server.command("test.thread")
    def thread() -> None:
        """Leaves a thread behind that the interpreter would wait for."""
        _say_hanging()
        threading.Thread(target=threading.Event().wait).start()


def _say_hanging() -> None:
    print("hanging", file=sys.stderr, flush=True)
