"""The list of corrections to pygls 2.1.1: each a check that holds on our server and fails on stock pygls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from editor.raw_client import RawClient

URI = "file:///a.py"

Start = Callable[..., RawClient]
CORRECTIONS: list[Callable[[Start], None]] = []


def correction(check: Callable[[Start], None]) -> Callable[[Start], None]:
    """Add a check to the list."""
    CORRECTIONS.append(check)
    return check


def hover(uri: str = URI) -> dict[str, Any]:
    """Return the parameters of a hover request."""
    return {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}


def edit(line: int, character: int, text: str) -> dict[str, Any]:
    """Return a change that inserts text."""
    position = {"line": line, "character": character}
    return {"range": {"start": position, "end": position}, "text": text}


def popups(client: RawClient) -> list[Any]:
    """Return the pop-ups that came before the answer to a request sent now."""
    client.reply(client.command("test.echo", 1))
    return [message for message in client.notifications if message["method"] == "window/showMessage"]


def contents(client: RawClient) -> Any:
    """Return what the server says of its document."""
    return client.request("textDocument/hover", hover())["contents"]
