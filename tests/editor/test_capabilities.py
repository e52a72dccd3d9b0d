"""What the server says that it can do, and to whom."""

from __future__ import annotations

import pytest
from editor.echo_editor import GHOST_TEXT, StartEditor
from editor.friendly_client import StartFriendly
from lsprotocol import types

COMMANDS = {"phi-ls.explain", "phi-ls.selectModel", "phi-ls.status", "phi-ls.whyNoSuggestion"}


def test_a_client_with_ghost_text_is_offered_it_and_no_completion(editor: StartEditor) -> None:
    """Inline completion and hover are announced; completion is not, since it would delay every popup."""
    with editor() as client:
        announced = client.capabilities

    assert {} == announced["inlineCompletionProvider"]
    assert announced["hoverProvider"]
    assert "completionProvider" not in announced
    assert set(announced["executeCommandProvider"]["commands"]) >= COMMANDS


def test_a_client_without_ghost_text_is_offered_completion(editor: StartEditor) -> None:
    """The fallback is there for clients that cannot show ghost text."""
    with editor(capabilities={}) as client:
        assert "completionProvider" in client.capabilities


@pytest.mark.parametrize(
    ("enable", "ghost_text", "offered"), [("always", True, True), ("never", False, False), ("fallback", True, False)]
)
def test_the_setting_decides_who_is_offered_completion(
    editor: StartEditor, enable: str, ghost_text: bool, offered: bool
) -> None:
    """`completion.enable` overrides what the client announces."""
    announced = GHOST_TEXT if ghost_text else {}
    with editor(capabilities=announced, options={"completion": {"enable": enable}}) as client:
        assert offered == ("completionProvider" in client.capabilities)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(None, "utf-16"), (["utf-16"], "utf-16"), (["utf-8", "utf-16"], "utf-8"), (["utf-32", "utf-8"], "utf-32")],
)
def test_the_clients_first_position_encoding_is_taken(
    editor: StartEditor, offered: list[str] | None, chosen: str
) -> None:
    """VS Code, Neovim and Eglot each offer another one first."""
    with editor(capabilities={"general": {"positionEncodings": offered}} if offered else {}) as client:
        assert chosen == client.capabilities["positionEncoding"]


@pytest.mark.parametrize("profile", ["visual-studio-code", "neovim", "emacs"])
async def test_real_editors_capabilities_are_understood(friendly: StartFriendly, profile: str) -> None:
    """The server answers to what real editors announce, and offers each of them inline completion and the commands."""
    async with friendly(profile=profile) as client:
        announced = client.server_capabilities

    assert isinstance(announced.inline_completion_provider, types.InlineCompletionOptions)
    assert announced.execute_command_provider is not None
    assert set(announced.execute_command_provider.commands) >= COMMANDS
