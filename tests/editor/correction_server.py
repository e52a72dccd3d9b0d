"""A server on our protocol class and transport, for the tests of both."""

from __future__ import annotations

import asyncio
import logging
import sys

from correction_features import register
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from phi_ls.connection.transport import serve_stdio
from phi_ls.protocol import PhiProtocol, RequestFailed, ServerCancelled


class CorrectedServer(LanguageServer):
    """Closes slowly if its arguments say so."""

    protocol: PhiProtocol

    def __init__(self) -> None:
        super().__init__("corrected", "1", protocol_cls=PhiProtocol)
        register(self, self.protocol.documents.get)

    async def close(self) -> None:
        """Say so on stderr, where the tests look for it."""
        print("closing", file=sys.stderr, flush=True)
        if "--never-closes" in sys.argv:
            await asyncio.Event().wait()
        if "--fails-to-close" in sys.argv:
            raise ValueError("not closed")


def _register_handshake(server: CorrectedServer) -> None:
    failures = ["once"] if "--fails-to-initialize" in sys.argv else []

    @server.feature(types.INITIALIZE)
    def initialize(_params: types.InitializeParams) -> None:
        if failures:
            raise ValueError(failures.pop())

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        print("the handshake is complete", file=sys.stderr, flush=True)


def _register_errors(server: CorrectedServer) -> None:
    @server.command("test.fail")
    def fail() -> None:
        raise RequestFailed("the model is not\n  there: install it", data={"path": "/home"})

    @server.command("test.typed")
    async def typed(ls: LanguageServer, place: types.Position | None = None, *rest: int) -> str:
        return f"{ls.name} {place!r} {rest}"

    @server.command("test.fail_at_length")
    def fail_at_length() -> None:
        raise RequestFailed("x" * 10_000)

    @server.command("test.work_done")
    def work_done() -> int:
        """Returns how many tokens are remembered after ten that came and went."""
        progress = server.work_done_progress
        for token in range(10):
            progress.begin(token, types.WorkDoneProgressBegin(title="x"))
            progress.end(token, types.WorkDoneProgressEnd())
        return len(progress.tokens)

    @server.command("test.give_up")
    def give_up() -> None:
        raise ServerCancelled


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    subject = CorrectedServer()
    _register_handshake(subject)
    _register_errors(subject)
    sys.exit(serve_stdio(subject))
