"""The same features on pygls as it comes, to show that each correction corrects something."""

from __future__ import annotations

import logging
import sys
from typing import Any

from correction_features import register
from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument


class _Clamping:
    """Gives pygls' documents the method that the features use."""

    def __init__(self, server: LanguageServer, document: TextDocument) -> None:
        self._codec, self._document = server.workspace.position_codec, document
        self.lines, self.version = document.lines, document.version

    def clamp(self, position: types.Position) -> tuple[int, int]:
        found = self._codec.position_from_client_units(self.lines, position)
        return found.line, found.character


def _document_of(server: LanguageServer, uri: str) -> Any:
    return _Clamping(server, server.workspace.get_text_document(uri))


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    subject = LanguageServer("stock", "1")
    register(subject, lambda uri: _document_of(subject, uri))
    subject.start_io()
